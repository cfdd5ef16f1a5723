"""The tests. A package, as several of the packages that are installed beside it bring a `tests` of their own."""

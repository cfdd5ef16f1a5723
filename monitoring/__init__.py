"""Model Monitor's container: a baseline of the test pictures, then each hour's captures held against it."""

"""The first page: what serves, the last run, drift, what waits for a person, and what to do next."""

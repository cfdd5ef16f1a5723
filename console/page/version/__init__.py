"""One version: its metrics, its origin, its report, and the decision about it."""

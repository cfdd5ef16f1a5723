"""Runs: the executions of the training pipeline as a table that is filtered, sorted, searched and compared."""

"""Executions as runs of MLflow, where MLFLOW_TRACKING_URI names a server: nothing here is imported without it."""

"""Executions: the list, newest first."""

"""Two executions side by side: parameters, metrics, curves."""

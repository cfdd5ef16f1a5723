"""Hyperparameter tuning jobs: what is searched, how the next values are chosen, and when a job ends."""

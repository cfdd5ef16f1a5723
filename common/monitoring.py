"""What deploys a baseline and what measures it agree on."""

BASELINE_SCHEMA = 2
"""Which features a baseline holds, and how. Raise it with every change of monitoring.features or of statistics.json:
what was measured under another number is measured again. Until 1, baselines named no number."""

"""How far the evaluation can be trusted: intervals, the live version, calibration, slices, leakage and mistakes."""

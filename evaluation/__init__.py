"""EvaluateModel: predicts the test set and writes evaluation.json, plots and a report page."""

"""Measures a model on the pumps that it was not trained on, and writes the report that the pipeline decides by."""

import json
import tarfile
from pathlib import Path

import pandas as pd
import xgboost
from sklearn.metrics import accuracy_score, roc_auc_score

BASE = Path("/opt/ml/processing")


def main() -> None:
    """Unpack the artifact, predict, and write evaluation.json."""
    with tarfile.open(BASE / "model" / "model.tar.gz") as archive:
        archive.extractall(".", filter="data")
    booster = xgboost.Booster()
    booster.load_model("xgboost-model")
    test = pd.read_csv(BASE / "test" / "test.csv", header=None)
    probabilities = booster.predict(xgboost.DMatrix(test.iloc[:, 1:].to_numpy()))
    auc = roc_auc_score(test[0], probabilities)
    accuracy = accuracy_score(test[0], probabilities > 0.5)
    report = {"binary_classification_metrics": {"auc": {"value": auc}, "accuracy": {"value": accuracy}}}
    (BASE / "evaluation").mkdir(parents=True, exist_ok=True)
    (BASE / "evaluation" / "evaluation.json").write_text(json.dumps(report), encoding="utf-8")
    print(f"AUC {auc:.3f}, accuracy {accuracy:.3f} on {len(test)} pumps")


if __name__ == "__main__":
    main()

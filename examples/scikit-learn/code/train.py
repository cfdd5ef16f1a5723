"""Trains a forest on flats, and loads it again behind an endpoint."""

import argparse
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split


def model_fn(folder: str) -> RandomForestRegressor:
    """What the server calls once."""
    return joblib.load(Path(folder, "forest.joblib"))


def main() -> None:
    """Fit on three quarters of the flats, say how far off the price of the others is, and keep the model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trees", type=int, default=50)
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR"))
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    options = parser.parse_args()
    flats = pd.concat(pd.read_csv(file) for file in sorted(Path(options.train).glob("*.csv")))
    known, unknown = train_test_split(flats, random_state=1)
    forest = RandomForestRegressor(options.trees, random_state=1)
    forest.fit(known.drop(columns="price").to_numpy(), known["price"])
    error = mean_absolute_error(unknown["price"], forest.predict(unknown.drop(columns="price").to_numpy()))
    print(f"validation:mae={error:.1f};")
    joblib.dump(forest, Path(options.model_dir, "forest.joblib"))


if __name__ == "__main__":
    main()

"""Splits the pumps into train, validation and test, as the built-in XGBoost reads them: no header, the label first."""

from pathlib import Path

import pandas as pd

BASE = Path("/opt/ml/processing")


def main() -> None:
    """Read the input, shuffle it, and write one file a channel."""
    pumps = pd.concat(pd.read_csv(file) for file in sorted((BASE / "input").glob("*.csv")))
    pumps = pumps.dropna().sample(frac=1, random_state=1)
    first, second = int(len(pumps) * 0.7), int(len(pumps) * 0.85)
    parts = {"train": pumps[:first], "validation": pumps[first:second], "test": pumps[second:]}
    for name, part in parts.items():
        folder = BASE / name
        folder.mkdir(parents=True, exist_ok=True)
        part.to_csv(folder / f"{name}.csv", header=False, index=False)
        print(f"{name}: {len(part)} pumps, {part['failed'].mean():.1%} of them failed")


if __name__ == "__main__":
    main()

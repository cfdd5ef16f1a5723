"""Small tables, and a container's directory that a training runs in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from localaws.algorithms.xgboost import train

Table = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass
class Job:
    """A training job's /opt/ml."""

    root: Path
    content_type: str = "text/csv"

    def write(self, channel: str, name: str, text: str) -> None:
        file = self.root / "input" / "data" / channel / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def run(self, version: str = "3.0-5", hosts: int = 1, **texts: str) -> int:
        """Train; returns the exit code."""
        config = self.root / "input" / "config"
        config.mkdir(parents=True, exist_ok=True)
        data = self.root / "input" / "data"
        channels = {path.name: {"ContentType": self.content_type} for path in data.iterdir()}
        files: Mapping[str, object] = {
            "hyperparameters": {"num_round": "5", **texts},
            "inputdataconfig": channels,
            "resourceconfig": {"hosts": [f"algo-{number + 1}" for number in range(hosts)]},
        }
        for name, content in files.items():
            (config / f"{name}.json").write_text(json.dumps(content))
        (self.root / "model").mkdir(exist_ok=True)
        return train.main(version)

    @property
    def failure(self) -> str:
        return (self.root / "output" / "failure").read_text()


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setenv("OPT_ML", str(tmp_path))
    return Job(tmp_path)


@pytest.fixture
def regression() -> Table:
    """60 rows: a label, and three numbers of which the first makes it."""
    features = np.random.default_rng(1).normal(size=(60, 3))
    return np.column_stack([features[:, 0] * 2 + 1, features])


def format_csv(table: Table) -> str:
    return "".join(",".join(f"{value:.5f}" for value in row) + "\n" for row in table)

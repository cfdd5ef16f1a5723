"""A run of the analyzer over a dataset in a folder, as its container is started."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from localaws.algorithms.model_monitor.analysis import analyze

CSV = {"csv": {"header": True, "output_columns_position": "START"}}


class Monitor:
    """Runs the analyzer over files of a folder; `message` is its exit message, `read` reads what it wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.message = ""
        self._output = folder / "output"

    def __call__(
        self, text: str, form: Mapping[str, Any] | None = None, against: str | None = None, **variables: str
    ) -> None:
        """Analyze a dataset of one file, held against what was kept under the name `against`."""
        source = self.folder / "input"
        source.mkdir(exist_ok=True)
        (source / "data").write_text(text, encoding="utf-8")
        self._output = self.folder / "output"
        names = ("statistics", "constraints") if against else ()
        baseline = {f"baseline_{name}": str(self.folder / str(against) / f"{name}.json") for name in names}
        given = {
            "dataset_format": json.dumps(form or CSV),
            "dataset_source": str(source),
            "output_path": str(self._output),
            **baseline,
        }
        self.message = analyze({**given, **variables}, self.folder)

    def keep(self, name: str, **constraints: Any) -> None:
        """Keep the last run's files as a baseline; members of its monitoring_config may be changed."""
        kept = self.folder / name
        self._output.rename(kept)
        document = json.loads((kept / "constraints.json").read_text())
        document.get("monitoring_config", {}).update(constraints)
        (kept / "constraints.json").write_text(json.dumps(document))

    def read(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self._output / f"{name}.json").read_text())
        return found

    def features(self, name: str) -> dict[str, dict[str, Any]]:
        return {feature["name"]: feature for feature in self.read(name)["features"]}

    def violations(self) -> list[tuple[str, str]]:
        """What was found, and of which column."""
        found = self.read("constraint_violations")["violations"]
        return [(item["constraint_check_type"], item.get("feature_name") or item["metric_name"]) for item in found]


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    return Monitor(tmp_path)


@pytest.fixture
def lines() -> Callable[..., str]:
    """A table of columns as CSV with a header."""

    def write(**columns: Any) -> str:
        rows = zip(*columns.values(), strict=True)
        return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n"

    return write

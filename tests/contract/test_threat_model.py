"""docs/threats.md names a test for each threat, and each of them exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TOP = Path(__file__).parents[2]
TEXT = (TOP / "docs/threats.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)


def _tests(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _threats() -> list[list[str]]:
    rows = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[0] not in {"threat", "---"}]


def test_every_test_that_the_threat_model_names_exists() -> None:
    missing = [
        f"{path}::{name}" for path, name in NAMED if not (TOP / path).is_file() or name not in _tests(TOP / path)
    ]
    assert missing == []


def test_every_threat_has_a_countermeasure_and_a_test() -> None:
    threats = _threats()
    assert len(threats) > 30
    assert [row[0] for row in threats if len(row) != 3 or not re.search(r"`tests/[\w/]+\.py::test_\w+`", row[2])] == []

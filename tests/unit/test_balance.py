"""Which tests share a worker, and which begin."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import balance


def test_a_file_stays_together_and_so_do_the_browsers_files() -> None:
    assert balance.scope("tests/e2e/test_mail.py::test_one[a::b]") == "tests/e2e/test_mail.py"
    assert balance.scope("tests/browser/test_a.py::test_one") == balance.scope("tests/browser/test_b.py::test_two")


def test_the_longest_files_begin_and_a_files_tests_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = tmp_path / "durations.json"
    recorded.write_text(json.dumps({"b.py": 9, "c.py": 100}))
    monkeypatch.setattr(balance, "_FILE", recorded)
    items = [SimpleNamespace(nodeid=name) for name in ("a.py::2", "a.py::1", "b.py::1", "c.py::2", "c.py::1")]
    balance.Balance().pytest_collection_modifyitems(items)  # type: ignore[arg-type]
    assert [item.nodeid for item in items] == ["c.py::2", "c.py::1", "b.py::1", "a.py::2", "a.py::1"]

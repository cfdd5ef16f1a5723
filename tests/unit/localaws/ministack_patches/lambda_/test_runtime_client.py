"""How a function's module is imported; tests/contract/test_function_answers.py has its answers and faults."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from localaws.ministack_patches.lambda_.runtime_client import load


@pytest.fixture(autouse=True)
def _thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def _write(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> str:
    name = f"function_of_{folder.name}"
    (folder / f"{name}.py").write_text(f"import gc\nDURING = gc.get_threshold()[0]\n{source}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, name, raising=False)
    return name


def test_no_garbage_is_looked_for_until_a_module_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(_write(tmp_path, monkeypatch, "")).DURING == 0
    assert gc.get_threshold() == (700, 10, 10)


def test_it_is_looked_for_again_where_a_module_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        load(_write(tmp_path, monkeypatch, "1 / 0"))
    assert gc.get_threshold() == (700, 10, 10)


def test_what_a_module_chooses_for_itself_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(_write(tmp_path, monkeypatch, "gc.set_threshold(5000, 3, 3)"))
    assert gc.get_threshold() == (5000, 3, 3)

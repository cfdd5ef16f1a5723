"""Workers that end together: the longest files begin, by what each took in a former run.

SCONES_WRITE_DURATIONS=1 make test writes durations.json anew. What shares one costly fixture goes to one worker: a file
does, and the browser's tests, whose local AWS has a trained version.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

TOP = Path(__file__).parents[1]
_FILE = Path(__file__).with_name("durations.json")
_TOGETHER = "tests/browser/"


def scope(nodeid: str) -> str:
    """What a test shares its worker with: its file, or the browser's folder."""
    return _TOGETHER if nodeid.startswith(_TOGETHER) else nodeid.partition("::")[0]


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist's classes have no types
    """xdist's way of giving whole files to workers, but for what goes together."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


class Balance:
    """The plugin that sorts and measures."""

    def __init__(self) -> None:
        self._seconds: Counter[str] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort by what a scope took, the longest first; a file that was never measured comes last."""
        recorded: dict[str, float] = json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.exists() else {}
        items.sort(key=lambda item: -recorded.get(scope(item.nodeid), 0))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: object) -> Scheduling | None:
        """Let `--dist loadfile` keep together what this module names."""
        return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up what a scope takes, fixtures included."""
        self._seconds[scope(report.nodeid)] += report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write down what was measured, where that is asked for."""
        # The replay is a run of its own after the one that is measured.
        whole = not hasattr(session.config, "workerinput") and session.config.getoption("dist") == "loadfile"
        if os.environ.get("SCONES_WRITE_DURATIONS") and whole:
            seconds = {name: round(taken) for name, taken in self._seconds.most_common() if round(taken)}
            _FILE.write_text(json.dumps(seconds, indent=2) + "\n", encoding="utf-8")

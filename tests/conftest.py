"""What holds for every test: botocore reads each of its files once, garbage is looked for seldom, and nothing stays.

Nothing stays: a watchdog ends what a session leaves behind, also after Ctrl-C.
"""

from __future__ import annotations

import functools
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import botocore.session
import pytest

from tests import watchdog

TOP = Path(__file__).parents[1]
# Each seventh second of a worker went into looking at what every test imports: objects born, and younger collections.
_SELDOM = (10_000, 20, 20)
_WATCHDOG = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_configure(config: pytest.Config) -> None:
    """Let the longest files begin, where there are workers: a build runs tests/smoke without pytest-xdist."""
    if config.pluginmanager.hasplugin("xdist"):
        from tests.balance import Balance

        config.pluginmanager.register(Balance())


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let a watchdog wait for the session's end; a worker's session is its controller's."""
    gc.disable()  # nothing that is imported is garbage
    if not hasattr(session.config, "workerinput"):
        os.environ[watchdog.VARIABLE] = uuid4().hex
        temporary = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        # Not in this process's group: it outlives a Ctrl-C. Its input ends with this process.
        session.config.stash[_WATCHDOG] = subprocess.Popen(
            [sys.executable, watchdog.__file__, os.environ[watchdog.VARIABLE], str(temporary)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )


def pytest_collection_finish() -> None:
    """Let no collection look at what was imported."""
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Wait until nothing is left."""
    if waiting := config.stash.get(_WATCHDOG, None):
        waiting.communicate()


@pytest.fixture(scope="session", autouse=True)
def descriptions() -> Iterator[None]:
    """Every session of boto3 reads AWS's descriptions, and looks for each in some thousand folders: let one do it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", functools.cache(botocore.session.create_loader))
        yield

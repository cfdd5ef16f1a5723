"""Other installations of this user, to say in which folder somebody else's answer on a port comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from localaws.settings import Settings, load_port

_PROCESSES = Path("/proc")  # only Linux has it; elsewhere the folders above are looked at alone


def list_homes(settings: Settings) -> Iterator[Path]:
    """Homes of other installations that may answer on the port: of running processes, and of the folders above."""
    seen = {settings.home}
    for home in (*_list_running(settings.port), *_list_above(settings)):
        if home not in seen:
            seen.add(home)
            yield home


def _list_running(port: int) -> Iterator[Path]:
    """The homes of the local AWS processes of this user that were started on the port."""
    for process in _PROCESSES.glob("[0-9]*"):
        try:
            if process.stat().st_uid != os.geteuid() or b"localaws" not in (process / "cmdline").read_bytes():
                continue
            words = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended, or may not be read
        given = dict(word.split(b"=", 1) for word in words if b"=" in word)
        if given.get(b"SCONES_PORT") == str(port).encode() and b"SCONES_HOME" in given:
            yield Path(os.fsdecode(given[b"SCONES_HOME"]))


def _list_above(settings: Settings) -> Iterator[Path]:
    for folder in settings.home.parent.parents:
        home = folder / settings.home.name
        if load_port(home) == settings.port:
            yield home

"""The folder in which an installation keeps everything: its owner's alone, as it holds the access key."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path

from localaws.settings import SettingsError

PRIVATE = 0o700
OTHERS = 0o077


def make(home: Path) -> bool:
    """Make the folder where it is missing, for its owner alone; answers whether one that was there had been open."""
    home.parent.mkdir(parents=True, exist_ok=True)
    home.mkdir(exist_ok=True, mode=PRIVATE)
    return close(home)


def close(home: Path) -> bool:
    """Take a folder that is there from everybody but its owner; answers whether somebody else could read or write it.

    Raises SettingsError for a folder of another user, and for one that is everybody's by design (the sticky bit).
    """
    try:
        found = home.stat()
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        raise SettingsError(f"{home} is a file; name a folder with SCONES_HOME.")
    if found.st_uid != os.geteuid():
        raise SettingsError(
            f"{home} belongs to another user of this machine, who could change what is run from it; "
            "name a folder of your own with SCONES_HOME."
        )
    if found.st_mode & stat.S_ISVTX:
        raise SettingsError(f"{home} is a folder that many share; name one of its own with SCONES_HOME.")
    if not found.st_mode & OTHERS:
        return False
    home.chmod(PRIVATE)
    return True


def draft(path: Path, text: str) -> Path:
    """Write a file beside `path` that was its owner's alone from the beginning; whole, it may take that name."""
    written = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return written


def keep_temporary_files(home: Path) -> None:
    """Let this process put its temporary files into the home, from now on and without those of the process before.

    MiniStack unpacks code of functions into folders of /tmp whose names are predictable, and runs it.
    """
    folder = home / "tmp"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=PRIVATE)
    tempfile.tempdir = str(folder)


def was_open(home: Path) -> str:
    """The warning, once, when a folder that was open has been closed."""
    return (
        f"{home} was open to the other users of this machine and is yours alone from now on; "
        "they may have read or changed what lies there."
    )

"""The logs that the local AWS keeps in its home: its own, and those of jobs and endpoints."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from localaws.settings import Settings

_ASK_SECONDS = 0.5


class NoLogError(Exception):
    """There is no log of this name; the message says which there are."""


def find_logs(settings: Settings, name: str | None) -> list[Path]:
    """The files of a job or endpoint, an instance each; without a name the local AWS's own. Raises NoLogError."""
    if name is None:
        own = settings.home / "localaws.log"
        if not own.is_file():
            raise NoLogError(f"{settings.home} has no log yet; `localaws up` starts the local AWS.")
        return [own]
    places = [place for region in settings.used_regions() for place in (region.jobs, region.endpoints)]
    folders = [folder for place in places for folder in place.glob("*/logs")]
    # A name from an ARN is in lower case, a folder's is as it was given.
    found = [file for folder in folders if folder.parent.name.lower() == name.lower() for file in folder.rglob("*.log")]
    if not found:
        newest = sorted(folders, key=lambda folder: folder.stat().st_mtime)[-5:]
        known = ", ".join(folder.parent.name for folder in reversed(newest)) or "none yet"
        raise NoLogError(f"There is no log of a job or endpoint {name}; the newest are: {known}.")
    return sorted(found)


def read_lines(file: Path, *, follow: bool) -> Iterator[str]:
    """The lines of a file, in a job's without the time before each; `follow` goes on with what is added."""
    is_job = file.name != "localaws.log"
    with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        kept = ""
        while True:
            kept += lines.readline()
            if kept.endswith("\n"):
                yield kept.rstrip("\n").partition("\t")[2] if is_job else kept.rstrip("\n")
                kept = ""
            elif follow:
                time.sleep(_ASK_SECONDS)
            else:
                break

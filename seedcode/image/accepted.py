"""Findings that are accepted for a while: `seedcode/accepted-findings.yml`, each with its reason and its last day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from seedcode.image.errors import ImageError

FILE = Path("seedcode/accepted-findings.yml")
_MEMBERS = {"cve", "reason", "expires"}


@dataclass(frozen=True)
class Accepted:
    """A finding that does not stop an image until the end of a day."""

    cve: str
    reason: str
    expires: date


def load_accepted(root: Path, today: date) -> dict[str, Accepted]:
    """Read the list by CVE; raise ImageError for an entry that is not whole, and for one whose last day is over."""
    try:
        listed = yaml.safe_load((root / FILE).read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise ImageError(f"{FILE} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(listed, list):
        raise ImageError(f"{FILE} is a {type(listed).__name__}; it must be a list of entries with {_members()}.")
    entries = [_read(entry) for entry in listed]
    for entry in entries:
        if entry.expires < today:
            raise ImageError(
                f"{FILE} accepts {entry.cve} until {entry.expires}, which is over; see whether it can be fixed by now, "
                "then remove the entry or give it another day."
            )
    return {entry.cve: entry for entry in entries}


def _read(entry: object) -> Accepted:
    if not isinstance(entry, Mapping) or set(entry) != _MEMBERS:
        raise ImageError(f"{FILE} has the entry {entry!r}; each has {_members()}, and nothing else.")
    return Accepted(_text(entry, "cve"), _text(entry, "reason"), _day(entry))


def _text(entry: Mapping[str, Any], member: str) -> str:
    value = entry[member]
    if not isinstance(value, str) or not value.strip():
        raise ImageError(f"{FILE} has the entry {dict(entry)!r}; its {member} must be a text.")
    return value.strip()


def _day(entry: Mapping[str, Any]) -> date:
    # YAML reads 2027-01-31 as a day, and a day with a time as a moment, which is a day as well to Python.
    value = entry["expires"]
    if type(value) is not date:
        raise ImageError(f"{FILE} accepts {entry['cve']} until {value!r}; write a day such as 2027-01-31.")
    return value


def _members() -> str:
    return "cve, reason and expires"

"""Which versions of a framework have wheels, by Python and platform, so that the nearest one can stand for another.

Read from the lists of files on https://pypi.org/project/scikit-learn/, /torch/, /tensorflow/ and /tokenizers/ (which
transformers need). A project that has given up Intel Macs has a last version for them; every other range is open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_NEWEST = "3.13"


@dataclass(frozen=True)
class _Range:
    """The first version with a wheel for each Python, other firsts of Macs, and the last one for Intel Macs."""

    first: dict[str, str]
    first_on_macs: dict[str, str] = field(default_factory=dict)
    last_on_intel_macs: str | None = None


_RANGES = {
    "scikit-learn": _Range({"3.11": "1.1.3", "3.12": "1.3.1", "3.13": "1.5.2"}),
    # And of torchvision's, which each release of torch needs one of.
    "torch": _Range(
        {"3.11": "2.0.0", "3.12": "2.2.0", "3.13": "2.5.0"},
        first_on_macs={"3.13": "2.6.0"},
        last_on_intel_macs="2.2.2",
    ),
    "tensorflow": _Range(
        {"3.11": "2.12.0", "3.12": "2.16.1", "3.13": "2.20.0"},
        first_on_macs={"3.11": "2.13.0"},
        last_on_intel_macs="2.16.2",
    ),
    # By their tokenizers: 0.13.2 for Python 3.11, 0.14 for 3.12, 0.15.1 for 3.13.
    "transformers": _Range({"3.11": "4.26.0", "3.12": "4.34.0", "3.13": "4.36.0"}),
}


def find_nearest(package: str, version: str, python: str, platform: str) -> str:
    """The version nearest to `version` that has a wheel for a Python (`3.11`) on a platform of sysconfig's names."""
    known = _RANGES[package]
    mac = platform.startswith("macosx")
    first = {**known.first, **(known.first_on_macs if mac else {})}
    nearest = max(version, first.get(python, first[_NEWEST]), key=parse_version)
    last = known.last_on_intel_macs
    if last and mac and platform.endswith("x86_64"):
        nearest = min(nearest, last, key=parse_version)
    return nearest


def parse_version(version: str) -> tuple[int, ...]:
    """A release's numbers, which compare as versions do."""
    return tuple(int(number) for number in version.split("."))

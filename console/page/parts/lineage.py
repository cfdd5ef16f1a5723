"""The strip of what a thing was made of and what became of it, from the data set to the monitoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from console.page.parts.elements import box, link, text

Kind = Literal["Data set", "Run", "Version", "Model card", "Endpoint", "Monitoring"]
_SHOWN_DIGITS = 12


@dataclass(frozen=True)
class Lineage:
    """What is known of it; empty and None are what is not known, or not there yet."""

    dataset: str = ""
    run: str = ""
    version: int | None = None
    live: int | None = None


@dataclass(frozen=True)
class Place:
    """One thing of the strip; without an address where there is nothing to go to."""

    kind: Kind
    words: str
    address: str = ""


def trace_version(number: int, facts: Mapping[str, str], live: int | None) -> Lineage:
    """The lineage of a version, by what was registered with it."""
    return Lineage(facts.get("dataset_version", ""), facts.get("execution_id", ""), number, live)


def list_places(known: Lineage) -> list[Place]:
    """The six things in their order."""
    run = f"/execution/{known.run}" if known.run else ""
    serves = known.live is not None and known.live == known.version
    version = f"/version/{known.version}" if known.version is not None else ""
    return [
        Place("Data set", known.dataset[:_SHOWN_DIGITS] or "unknown", f"/dataset/{known.run}" if run else ""),
        Place("Run", known.run or "unknown", run),
        Place("Version", str(known.version) if version else "none yet", version),
        Place(
            "Model card", f"of version {known.version}" if version else "none yet", f"{version}/card" if version else ""
        ),
        Place("Endpoint", _describe_endpoint(known, serves=serves), "/endpoint"),
        Place("Monitoring", "of what it serves" if known.live is None else f"of version {known.live}", "/monitoring"),
    ]


def show_lineage(known: Lineage, here: Kind) -> None:
    """The strip; `here` is what the page shows already."""
    with box("lineage", tag="nav") as strip, box("plain", tag="ol"):
        strip.props["aria-label"] = "Lineage"
        for place in list_places(known):
            with box("here" if place.kind == here else "there", tag="li") as item:
                text(place.kind, "faint")
                if place.kind == here:
                    item.props["aria-current"] = "true"
                    text(place.words, "wrap")
                elif place.address:
                    link(place.words, place.address, "wrap")
                else:
                    text(place.words, "faint")


def _describe_endpoint(known: Lineage, *, serves: bool) -> str:
    if serves:
        return "serves it"
    return "what serves" if known.live is None else f"serves version {known.live}"

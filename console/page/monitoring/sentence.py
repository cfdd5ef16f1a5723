"""The check for drift in words: in which direction features changed, what the model answers now, when it runs next.

Words, groups and order are tables: a feature that is added to the analysis is told by its name until it has an entry.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.page.monitoring.reader import ANSWERS, Change, Drift, Findings

# Feature -> what images are when it is higher, and when it is lower.
_WORDS = {
    "brightness": ("brighter", "darker"),
    "contrast": ("richer in contrast", "poorer in contrast"),
    "sharpness": ("sharper", "less sharp"),
    "saturation": ("more colourful", "less colourful"),
    "red": ("redder", "less red"),
    "green": ("greener", "less green"),
    "blue": ("bluer", "less blue"),
    "entropy": ("richer in detail", "poorer in detail"),
    "bytes": ("larger as files", "smaller as files"),
    "width": ("wider", "less wide"),
    "height": ("higher", "less high"),
}
_ANSWER_WORDS = {"confidence": ("surer", "less sure"), "answer_entropy": ("less sure", "surer")}
_FILES = "Files"
GROUPS = {
    "Light": ("brightness", "red", "green", "blue"),
    "Texture": ("contrast", "sharpness", "entropy"),
    "Colour": ("saturation",),
    _FILES: ("bytes", "width", "height", "format"),
    "Answers": (ANSWERS, "confidence", "answer_entropy"),
}
OTHERS = "Others"
# In standard deviations of the baseline; as in Cohen's d, where 0.8 is large and 0.2 small.
_MUCH, _LITTLE = 0.8, 0.2
_TOLD_GROUPS = 2
_HOURLY = re.compile(r"cron\((\d+) \* .*\)")


@dataclass(frozen=True)
class Group:
    """Features that change together, and the largest distance among them."""

    name: str
    changes: tuple[Change, ...]

    @property
    def drifted(self) -> bool:
        return any(change.drifted for change in self.changes)

    @property
    def distance(self) -> float:
        return max((change.distance for change in self.changes), default=0.0)


def summarize_drift(drift: Drift | None) -> str:
    """What the newest check with a result has found, in a sentence or two."""
    if drift is None:
        return "Nothing is monitored yet; approving a version starts it."
    if drift.latest is None:
        return "No check has had a result yet."
    return summarize_findings(drift.latest)


def summarize_findings(found: Findings) -> str:
    """What a check has found."""
    if not found.violations:
        if not found.changes:
            return "Too few images came for a result."
        return "Images and answers are distributed as in the baseline."
    drifted = [change for change in found.changes if change.drifted]
    images = _tell_images([change for change in drifted if change.name in _WORDS])
    answers = _tell_answers(found, drifted)
    told = "; ".join(filter(None, [images, answers]))
    if not told:
        count = len(found.violations)
        told = f"The last check found {count} difference{'s' if count > 1 else ''} from the baseline"
    return told[0].upper() + told[1:] + "."


def group_changes(found: Findings) -> list[Group]:
    """The features by group, those that drifted first."""
    names = {name: group for group, members in GROUPS.items() for name in members}
    members: dict[str, list[Change]] = {}
    for change in found.changes:
        members.setdefault(names.get(change.name, OTHERS), []).append(change)
    groups = [Group(name, tuple(members[name])) for name in (*GROUPS, OTHERS) if name in members]
    return sorted(groups, key=lambda group: not group.drifted)


def list_distances(drift: Drift) -> dict[str, list[tuple[float, float]]]:
    """Each group's distance over time, in milliseconds since 1970."""
    found: dict[str, list[tuple[float, float]]] = {}
    for run in reversed(drift.runs):
        for group in group_changes(run.findings) if run.findings else ():
            found.setdefault(group.name, []).append((run.at.timestamp() * 1000, group.distance))
    return found


def describe_change(change: Change) -> str:
    """What became of a feature: a word for its direction, or its name where none is known."""
    if not change.drifted:
        return "as in the baseline"
    words = _WORDS.get(change.name) or _ANSWER_WORDS.get(change.name)
    if words is None or change.effect is None:
        return "changed"
    return f"{_grade(change.effect)}{words[0] if change.effect > 0 else words[1]}"


def describe_schedule(expression: str, status: str, now: datetime | None = None) -> str:
    """When the check runs, as in `hourly, next at 05:00` in local time; the expression where it is no hourly one."""
    hourly = _HOURLY.fullmatch(expression)
    if hourly is None:
        return expression
    if status != "Scheduled":
        return "hourly"
    at = now or datetime.now(UTC)
    due = at.replace(minute=int(hourly[1]), second=0, microsecond=0)
    return f"hourly, next at {(due if due > at else due + timedelta(hours=1)).astimezone():%H:%M}"


def _tell_images(drifted: Sequence[Change]) -> str:
    if not drifted:
        return ""
    told = _pick(drifted)
    words = [describe_change(change) for change in told if change.effect is not None]
    if not words:
        names = [change.name for change in told]
        return f"images changed in {' and '.join(names)}"
    return f"images became {' and '.join(words)}"


def _pick(drifted: Sequence[Change]) -> list[Change]:
    """Of each group the first feature in the group's order, which stands for the others; the largest changes first.

    Files get smaller or larger with what they show: they are told where nothing else has changed.
    """
    by_name = {change.name: change for change in drifted}
    found = {group: [by_name[name] for name in names if name in by_name] for group, names in GROUPS.items()}
    leading = {group: changes[0] for group, changes in found.items() if changes}
    files = leading.pop(_FILES, None)
    told = sorted(leading.values(), key=lambda change: -abs(change.effect or 0.0))[:_TOLD_GROUPS]
    return told or [change for change in [files] if change]


def _grade(effect: float) -> str:
    return "much " if abs(effect) >= _MUCH else "a little " if abs(effect) < _LITTLE else ""


def _tell_answers(found: Findings, drifted: Sequence[Change]) -> str:
    names = {change.name: change for change in drifted}
    told = []
    if ANSWERS in names and found.answers:
        before = dict(found.answers_before)
        label, share = max(found.answers, key=lambda item: item[1] - before.get(item[0], 0.0))
        then = f", after {_percent(before.get(label, 0.0))}" if before else ""
        told.append(f"now says {label} in {_percent(share)}{then}")
    sure = names.get("confidence")
    if sure and sure.effect is not None:
        told.append(f"is {describe_change(sure)}")
    # What it said before stands in commas.
    return f"the model {(', and ' if found.answers_before else ' and ').join(told)}" if told else ""


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"

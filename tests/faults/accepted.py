"""What must hold of all that was accepted: images, answers, incoming objects, events and captures.

Checks as in `invariants`: pure, a sentence for each violation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tests.faults.invariants import LOCAL_AWS, Strike

# What a `kill -9` of the local AWS may cost: answers that are not saved, and captures on their way to S3.
SAVED_SECONDS = 2.0
CAPTURED_SECONDS = 2.0
# The function gives up an approval during an endpoint update: the event of the update's end does the work.
BUSY = "EndpointBusy"


@dataclass
class Image:
    """An image sent to the workflow, and its outcome."""

    name: str
    # When StartExecution answered; None if it did not.
    acknowledged: float | None = None
    # The execution's status after the fault, and what asking under the same name said then.
    found: str = ""
    asked: str = ""
    # How it ended, and how the execution under another name did, if there was one.
    ended: str = ""
    cause: str = ""
    again: str = ""


# What StartExecution may answer for a name, by the execution found under it just before.
_SAID = {"": ("started",), "RUNNING": ("same", "ended")}


def images(given: Collection[Image], strike: Strike) -> list[str]:
    """Each accepted image is answered, or failed visibly because the local AWS was killed."""
    return [f"the image {image.name} {why}" for image in given for why in _image(image, strike)]


def _image(image: Image, strike: Strike) -> list[str]:
    found = []
    moment = image.acknowledged
    if moment is not None and not image.found and strike.spares_promise(moment):
        found.append(f"was accepted {strike.at - moment:.1f} s before the kill and is nowhere")
    if image.asked not in _SAID.get(image.found, ("ended",)):
        found.append(f"was {image.found or 'missing'}, and asking again under its name said {image.asked}")
    if image.ended not in ("SUCCEEDED", "FAILED"):
        found.append(f"is {image.ended or 'nowhere'} at the end")
    cut_off = strike.victim == LOCAL_AWS and image.cause.startswith("States.ServiceRestart")
    if image.ended == "FAILED" and not cut_off:
        found.append(f"failed: {image.cause}")
    if image.ended != "SUCCEEDED" and image.again != "SUCCEEDED":
        found.append(f"was not answered when it was asked again: {image.again or 'not asked'}")
    return found


@dataclass(frozen=True)
class Answer:
    """The observed output of an execution that had ended, and when it ended."""

    output: str
    ended: float


def answers(before: Mapping[str, Answer], now: Mapping[str, Answer], strike: Strike) -> list[str]:
    """Answers remain and do not change."""
    return [
        f"the answer to {name} was {answer.output[:60]} and is {now[name].output[:60] if name in now else 'lost'}"
        for name, answer in before.items()
        if now.get(name) != answer and strike.spares(answer.ended, SAVED_SECONDS)
    ]


@dataclass(frozen=True)
class Incoming:
    """An image put under incoming/, and all places where it, or its event, is at the end."""

    key: str
    acknowledged: bool
    places: tuple[str, ...]


@dataclass(frozen=True)
class DeadLetter:
    """A dead letter: its function, error and subject."""

    function: str
    error: str
    subject: str = ""


def incoming(given: Collection[Incoming]) -> list[str]:
    """Each object that S3 accepted is in one place: taken in, quarantined, or in the dead-letter queue."""
    found = []
    for item in given:
        ends = [place for place in item.places if place != "incoming"]
        if item.acknowledged and not ends:
            found.append(f"{item.key} was accepted and is nowhere: {list(item.places)}")
        if len(ends) > 1:
            found.append(f"{item.key} is in several places: {ends}")
        if "curated" in ends and "incoming" in item.places:
            found.append(f"{item.key} was taken in and still waits")
    return found


def dead_letters(given: Collection[DeadLetter], done: Collection[str]) -> list[str]:
    """No dead letter is for work that was done, and none is unnecessary."""
    found = []
    for letter in given:
        if letter.subject in done:
            found.append(f"{letter.subject} was done, and given up by {letter.function}: {letter.error}")
        elif letter.error != BUSY:
            found.append(f"{letter.function} gave up {letter.subject or 'an event'}: {letter.error}")
    return found


@dataclass(frozen=True)
class Captured:
    """Answered requests (ids and times), the ids in captures, and broken captures."""

    answered: Mapping[str, float]
    ids: Collection[str]
    unreadable: Collection[str] = ()
    lost: Collection[str] = ()


def captures(seen: Captured, strike: Strike) -> list[str]:
    """Every answered request is captured, except those that a kill interrupted on their way to S3."""
    found = [f"the capture {key} cannot be read" for key in seen.unreadable]
    found += [f"the capture {key} was there and is gone" for key in seen.lost]
    if seen.answered and not seen.ids:
        found.append(f"{len(seen.answered)} requests were answered, and nothing is captured")
    for identity, moment in seen.answered.items():
        if identity not in seen.ids and strike.spares(moment, CAPTURED_SECONDS):
            found.append(f"the request {identity}, answered {moment - strike.at:+.1f} s from the kill, is not captured")
    return found

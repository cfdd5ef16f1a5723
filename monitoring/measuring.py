"""From a picture's bytes and the model's answer to one row of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from monitoring import answer as answers
from monitoring import picture as pictures
from monitoring.answer import Answer

NUMBERS = (*pictures.FEATURES, *answers.FEATURES)
PREDICTED = "predicted_class"
FORMAT = "format"
PICTURE = "picture"
ANSWER = "answer"


@dataclass(frozen=True)
class Measured:
    """The features of one picture and its answer; `problems` names what was wrong with it."""

    numbers: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    image: Image.Image | None = None


def measure(content: bytes | None, said: str | None, labels: Sequence[str]) -> Measured:
    """Measure a captured request; what cannot be read is named and leaves its features out."""
    numbers: dict[str, float] = {}
    words: dict[str, str] = {}
    problems: list[str] = []
    image = None
    try:
        if content is None:
            problems.append("no picture")
        else:
            image, words[FORMAT] = pictures.decode(content)
            numbers |= pictures.measure(image, len(content))
    except pictures.UndecodableError:
        problems.append("undecodable")
    try:
        if said is None:
            problems.append("no answer")
        else:
            given = answers.parse(said, len(labels))
            numbers |= given.measure()
            words[PREDICTED] = labels[given.predicted]
    except (ValueError, TypeError, RecursionError):
        problems.append("unreadable answer")
    return Measured(numbers, words, tuple(problems), image)


def measure_tested(content: bytes, answer: Answer, labels: Sequence[str]) -> Measured:
    """Measure a test picture and its prediction, for the baseline."""
    image, kind = pictures.decode(content)
    numbers = pictures.measure(image, len(content)) | answer.measure()
    return Measured(numbers, {FORMAT: kind, PREDICTED: labels[answer.predicted]}, (), image)

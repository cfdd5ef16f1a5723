"""What `scones classify` says of a picture that is refused, and of a project where nothing serves."""

from __future__ import annotations

from typing import Any

import pytest

from console import workflow
from console.commands.inference import classify_image, summarize_answer
from console.errors import CommandError
from console.target import Target

TARGET = Target(None)
URI = "s3://bucket/picture.png"


def _raising(error: Exception) -> Any:
    def start(*_: object) -> str:
        raise error

    return start


def test_a_refused_image_is_an_answer_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "start", _raising(CommandError("The file is no picture.")))
    assert summarize_answer(classify_image(TARGET, URI)) == f"{URI}: refused: The file is no picture."


def test_an_answer_says_what_was_enough() -> None:
    answer = {"picture": "a.png", "label": "bicycle", "confidence": "0.805", "model_version": "1", "threshold": 0.7}
    sure = summarize_answer({**answer, "status": "CLASSIFIED", "assignment": "nearby orders"})
    assert sure == "a.png: bicycle (80.5% sure, version 1), 70% or more is enough: nearby orders"
    doubtful = summarize_answer({**answer, "threshold": 0.9, "status": "NEEDS_REVIEW", "review_uri": "s3://b/r"})
    assert doubtful.endswith("below 90%, so a person decides: s3://b/r")


def test_where_nothing_serves_no_image_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "start", _raising(workflow.NothingServesError("Approve a version.")))
    with pytest.raises(CommandError, match="Approve a version"):
        classify_image(TARGET, URI)

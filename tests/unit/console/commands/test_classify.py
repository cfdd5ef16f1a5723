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


def test_where_nothing_serves_no_image_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "start", _raising(workflow.NothingServesError("Approve a version.")))
    with pytest.raises(CommandError, match="Approve a version"):
        classify_image(TARGET, URI)

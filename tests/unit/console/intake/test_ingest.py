"""`scones ingest`: what is refused before it is sent, and what is told of the rest."""

import json
from typing import Any

import pytest
from ingest_image import keys

from common.images import Limits
from console.__main__ import main
from console.intake import images
from tests.unit.console.intake.conftest import EXECUTION, Project
from tests.unit.lambdas.ingest_image.conftest import encode, noise


def ingest(project: Project, *words: str) -> int:
    return main(["ingest", str(project.folder), "--target", "aws", *words])


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(capsys.readouterr().out)
    return summary


def test_images_are_sent_taken_in_and_trained_on(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.picture("bicycle/a.png", 1)
    project.picture("bicycle/more/b.png", 2)
    project.file("motorcycle/c.jpg", encode(noise(seed=3), "JPEG"))
    project.file("bicycle/.DS_Store", b"whatever a system leaves")
    assert ingest(project) == 0
    assert capsys.readouterr().out.splitlines() == [
        "3 images: 3 are new, 0 were there already, 0 were put aside.",
        f"The batch is closed, and a training runs on it: {EXECUTION}",
    ]
    assert len(project.keys("curated/")) == 3
    assert project.keys("incoming/") == []


def test_sending_the_same_folder_again_changes_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.picture("bicycle/a.png", 1)
    project.file("bicycle/small.png", encode(noise(8, 8)))
    ingest(project, "--no-run")
    before = project.keys()
    capsys.readouterr()
    ingest(project, "--no-run", "--json")
    summary = told(capsys)
    assert (summary["curated"], summary["duplicates"], len(summary["quarantined"])) == (0, 1, 1)
    assert project.keys() == before


def test_what_is_put_aside_is_reported_with_file_and_reason(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    small = project.file("bicycle/small.png", encode(noise(8, 8)))
    project.picture("bicycle/same.png", 1)
    ingest(project, "--no-run")
    project.picture("motorcycle/same.png", 1)
    (project.folder / "bicycle/same.png").unlink()
    capsys.readouterr()
    ingest(project, "--no-run")
    said = capsys.readouterr().out
    assert "2 images: 0 are new, 0 were there already, 2 were put aside." in said
    assert "conflicting-label: 1" in said
    assert f"{small}: The image has 8 x 8 pixels, and a side must have at least 28: send a larger one." in said


def test_without_a_run_the_batch_stays_open_until_it_is_closed(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.picture("bicycle/a.png")
    ingest(project, "--no-run")
    assert "close it with `scones ingest --close`" in capsys.readouterr().out
    assert project.executions == []
    assert main(["ingest", "--close", "--json", "--target", "aws"]) == 0
    summary = told(capsys)
    assert summary["execution"] == EXECUTION
    assert project.keys("batches/started/") == [f"batches/started/{summary['batch']}.json"]


def test_a_batch_that_has_to_wait_is_not_waited_for(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.trains = False
    project.picture("bicycle/a.png")
    assert ingest(project) == 0
    assert "The batch is closed and waits" in capsys.readouterr().out
    assert project.clock < 60


def test_where_nothing_takes_them_in_the_command_says_where_to_look(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.ingests = False
    project.picture("bicycle/a.png")
    assert ingest(project) == 1
    said = capsys.readouterr().err
    assert "1 of 1 images have waited" in said
    assert "scones-ingest-image" in said
    project.ingests = True
    assert ingest(project) == 0


def test_a_batch_that_is_never_closed_says_where_to_look(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.ingests = False
    assert main(["ingest", "--close", "--target", "aws"]) == 1
    assert "was not closed within 300 s" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no images"),
        ({"tricycle/a.png": b"\x89PNG\r\n\x1a\n"}, "holds tricycle, and only the labels bicycle and motorcycle"),
        ({"a.png": b"\x89PNG\r\n\x1a\n"}, "holds a.png"),
        ({"bicycle/a.txt": b"text"}, "bicycle/a.txt are none: take them out"),
        ({f"bicycle/{number}.txt": b"" for number in range(9)}, "and 4 more"),
    ],
)
def test_what_is_no_folder_of_labelled_images_is_refused_before_anything_is_sent(
    files: dict[str, bytes], words: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.picture("bicycle/good.png") if files else None
    for name, content in files.items():
        project.file(name, content)
    assert ingest(project) == 1
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert project.keys() == []


def test_an_image_that_is_too_large_is_refused_before_anything_is_sent(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "LARGEST", 100)
    project.picture("bicycle/a.png")
    assert ingest(project) == 1
    assert "At most 100 bytes are allowed" in capsys.readouterr().err
    assert project.keys() == []


@pytest.mark.parametrize("words", [[], ["--close", "--no-run"], [".", "--close"]])
def test_what_cannot_be_meant_is_wrong_usage(words: list[str]) -> None:
    assert main(["ingest", *words, "--target", "aws"]) == 2


def test_a_folder_that_is_not_there_is_a_sentence(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", str(project.folder / "x"), "--target", "aws"]) == 1
    assert "is not a folder" in capsys.readouterr().err


def test_the_command_and_the_function_know_the_same_limits() -> None:
    assert images.INCOMING == keys.INCOMING
    assert Limits().most_bytes == images.LARGEST

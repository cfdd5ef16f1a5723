"""`scones label`: a person's word about the pictures that the model was not sure of."""

import json

import pytest
from filter_confidence.review import Review

from console.__main__ import main
from console.commands import intake as command
from console.intake import ingestion, review
from tests.unit.console.intake.conftest import Project
from tests.unit.lambdas.ingest_image.conftest import BUCKET, encode, noise

ITEM = {"label": "bicycle", "confidence": 0.61, "model_version": "4"}


@pytest.fixture
def doubts(project: Project) -> list[str]:
    """Three pictures that filter_confidence put there, and their keys."""
    for number in range(3):
        key = f"incoming-inference/p{number}.png"
        project.s3.put_object(Bucket=BUCKET, Key=key, Body=encode(noise(seed=number)))
        Review(project.s3, BUCKET).add(f"s3://{BUCKET}/{key}", ITEM)
    waiting = project.s3.list_objects_v2(Bucket=BUCKET, Prefix="review/")["Contents"]
    return [entry["Key"] for entry in sorted(waiting, key=lambda entry: (entry["LastModified"], entry["Key"]))]


def label(*words: str) -> int:
    return main(["label", "--target", "aws", *words])


def test_what_waits_is_listed_with_the_model_s_guess(doubts: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert label("--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["key"] for row in rows] == doubts
    assert {(row["guess"], row["confidence"], row["version"]) for row in rows} == {("bicycle", 0.61, 4)}


def test_nothing_that_waits_is_said(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert label("--list") == 0
    assert "No image waits for review." in capsys.readouterr().out
    assert project.keys() == []


@pytest.mark.parametrize("address", ["{key}", "s3://scones-bucket/{key}"])
def test_a_labelled_image_goes_to_incoming_and_from_there_to_curated(
    address: str, doubts: list[str], project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert label(address.format(key=doubts[0]), "motorcycle") == 0
    assert "scones ingest --close" in capsys.readouterr().out
    assert project.keys("incoming/") == [doubts[0].replace("review/", "incoming/motorcycle/")]
    assert project.keys("review/") == sorted(doubts[1:])
    project.work(1)
    assert len(project.keys("curated/motorcycle/")) == 1


def test_an_image_of_neither_goes_where_nothing_is_trained_on(doubts: list[str], project: Project) -> None:
    assert label(doubts[0], "neither") == 0
    assert project.keys("quarantine/") == [doubts[0].replace("review/", "quarantine/neither/")]
    assert project.keys("incoming/") == []


@pytest.mark.parametrize("taken_in", [False, True])
def test_a_label_is_corrected_by_another_and_the_same_is_told_as_given_already(
    taken_in: bool, doubts: list[str], project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert label(doubts[0], "motorcycle") == 0
    if taken_in:
        project.work(1)
    assert label(doubts[0], "motorcycle") == 1
    assert "was labelled motorcycle at" in capsys.readouterr().err
    assert label(doubts[0], "bicycle") == 0
    project.work(1)
    assert (len(project.keys("curated/bicycle/")), project.keys("curated/motorcycle/")) == (1, [])
    assert project.keys("quarantine/") == []
    assert label(doubts[0], "neither") == 0
    assert project.keys("curated/") == []
    assert label(doubts[0], "neither") == 1
    assert label(doubts[0], "bicycle") == 0
    assert project.keys("quarantine/") == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("review/2026-01-01/none.png", "does not wait for a person"),
        ("curated/bicycle/a.png", "is no image under review/"),
        ("review/", "is no image under review/"),
    ],
)
def test_an_image_that_does_not_wait_cannot_be_labelled(
    key: str, words: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.s3.put_object(Bucket=BUCKET, Key="curated/bicycle/a.png", Body=b"")
    assert label(key, "bicycle") == 1
    assert words in capsys.readouterr().err
    assert project.keys() == ["curated/bicycle/a.png"]


def test_a_key_without_a_label_is_wrong_usage() -> None:
    assert label("review/x.png") == 2


def test_where_nobody_can_be_asked_it_lists_and_says_how_to_label(
    doubts: list[str], project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command.sys.stdin, "isatty", lambda: False)
    assert label() == 0
    told = capsys.readouterr()
    assert "scones label KEY LABEL" in told.err
    assert all(key in told.out for key in doubts)
    assert project.keys("review/") == sorted(doubts)


def test_on_a_terminal_one_after_the_other_is_asked_about(
    doubts: list[str], project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["what?", "m", "", "n"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    monkeypatch.setattr(command.sys.stdin, "isatty", lambda: True)
    assert label() == 0
    said = capsys.readouterr().out
    assert "Version 4 took it for a bicycle, and was 61% sure." in said
    assert "Labelled: 1." in said
    assert f"{doubts[0]}?" in said
    assert project.keys("incoming/") == [doubts[0].replace("review/", "incoming/motorcycle/")]
    assert project.keys("review/") == [doubts[1]]


@pytest.mark.parametrize("end", ["q", EOFError])
def test_whoever_has_had_enough_may_quit(
    end: object, doubts: list[str], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(_: str) -> str:
        if end is EOFError:
            raise EOFError
        return str(end)

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr(command.sys.stdin, "isatty", lambda: True)
    assert label() == 0
    assert project.keys("review/") == sorted(doubts)


def test_an_image_of_an_older_stack_has_no_guess(project: Project) -> None:
    from console.intake.store import Store
    from console.target import Target

    project.s3.put_object(Bucket=BUCKET, Key="review/2026-01-01/x.png", Body=b"")
    (image,) = review.list_waiting(Store(Target(None)))
    assert image.summary == "What the model guessed is not known."


def test_both_places_know_the_same_choices() -> None:
    assert review.CHOICES == command.CHOICES


@pytest.mark.parametrize(
    ("version", "name"), [("3sL4/kq+t", "3sL4-kq-t"), ("null", None), (None, None), ("a.b_c", "a.b_c")]
)
def test_a_batch_has_the_name_that_ingest_image_gives_it(version: str | None, name: str | None) -> None:
    from ingest_image import keys

    assert ingestion.batch_name(version) == name
    if name:
        assert keys.batch("pending", str(version)) == f"batches/pending/{name}.json"

"""What the overview says that a person may do next."""

from __future__ import annotations

from datetime import UTC, datetime

from console.intake.review import WaitingImage
from console.page.endpoint.reader import Alarm, State
from console.page.monitoring.reader import Queue
from console.page.overview.advice import Known, list_advice
from console.page.run import Run, Runs
from console.page.version.reader import Version
from console.page.version.standing import MOST, Standing

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _version(number: int, accuracy: float) -> Version:
    facts = {"accuracy": str(accuracy)}
    return Version(number, f"arn:{number}", "PendingManualApproval", NOW, None, "", "", facts, (), "")


def _run(status: str, reason: str = "") -> Runs:
    return Runs((Run("arn:e0", "e0", "", status, NOW, reason),), True)


def _told(known: Known) -> list[tuple[str, str]]:
    return [(item.why, item.address) for item in list_advice(known)]


def test_nothing_is_advised_on_what_was_not_read_or_is_as_it_should_be() -> None:
    assert list_advice(Known()) == []
    quiet = Known(Standing(_version(1, 0.8), NOW, ()), runs=_run("Succeeded"), queue=Queue((), 0))
    assert list_advice(quiet) == []


def test_a_first_run_is_advised_when_the_list_was_read_and_is_empty() -> None:
    assert list_advice(Known(runs=Runs((), False))) == []
    assert _told(Known(runs=Runs((), True))) == [("Nothing has been trained yet.", "/new")]


def test_what_is_broken_comes_before_what_waits() -> None:
    alarm = Alarm("scones-vehicles-5xx", "ALARM", "", NOW)
    image = WaitingImage("review/a.png", "bicycle", 0.5, "1", NOW)
    known = Known(
        Standing(_version(1, 0.8), NOW, (_version(2, 0.9),)),
        State("InService", "1", "", NOW, (), (alarm,), "off", None),
        _run("Failed", "Step failure: One or multiple steps failed. The accuracy is too low."),
        queue=Queue((image,), 1),
    )
    assert _told(known) == [
        ("An alarm is active: scones-vehicles-5xx.", "/endpoint"),
        ("The last run failed. The accuracy is too low.", "/execution/e0"),
        (
            "Version 2 waits for approval, with an accuracy of 0.900; version 1, which is live, has 0.800.",
            "/version/2",
        ),
        ("One image that the model doubts waits for a label.", "/monitoring"),
    ]


def test_of_many_that_wait_one_is_named_and_all_images_are_counted() -> None:
    versions = tuple(_version(number, 0.9) for number in range(MOST, 0, -1))
    image = WaitingImage("review/a.png", None, None, None, NOW)
    known = Known(Standing(None, None, versions), queue=Queue((image,) * 12, 61))
    assert [why for why, _ in _told(known)] == [
        "Version 10 waits for approval, with an accuracy of 0.900. 9 or more others wait.",
        "61 images that the model doubts wait for a label.",
    ]


def test_of_what_waits_the_best_is_named_first_with_the_accuracy_of_the_others() -> None:
    versions = (_version(3, 0.945), _version(2, 0.97))
    [(why, address)] = _told(Known(Standing(_version(1, 0.955), NOW, versions)))
    assert address == "/version/2"
    assert why == (
        "Version 2 waits for approval, with an accuracy of 0.970; version 1, which is live, has 0.955. "
        "Version 3 waits as well, with 0.945."
    )
    [(why, _)] = _told(Known(Standing(None, None, (_version(4, 0.9), *versions))))
    assert why.endswith("2 others wait, with at most 0.945.")

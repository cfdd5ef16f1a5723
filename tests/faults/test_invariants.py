"""Each check passes for a correct state, and can fail: for a single violation it answers one sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.faults import accepted, invariants
from tests.faults.accepted import BUSY, Answer, Captured, DeadLetter, Image, Incoming
from tests.faults.invariants import LOCAL_AWS, Approval, Runs, Serving, Strike

# The local AWS was killed at second 100, and answered again at second 103; or only a worker was.
KILLED = Strike(LOCAL_AWS, 100.0, 103.0)
HURT = Strike("worker", 100.0, 100.0)

FIRST, SECOND, REGISTER = ("run", "First"), ("run", "Second"), ("run", "Register")
STEPS = {step: {"EndTime": 1.0} for step in (FIRST, SECOND, REGISTER)}
RUN = Runs(STEPS, Counter({FIRST: 1, SECOND: 1, REGISTER: 0}))


@pytest.mark.parametrize(
    ("strike", "moment", "spared"),
    [
        (KILLED, 97.9, True),
        (KILLED, 98.1, False),
        (KILLED, 102.9, False),
        (KILLED, 103.1, True),
        (replace(KILLED, behind=1.0), 97.1, False),
        (replace(KILLED, behind=1.0), 96.9, True),
        (HURT, 99.9, True),
    ],
)
def test_a_kill_may_cost_the_last_moments_alone(strike: Strike, moment: float, spared: bool) -> None:
    assert strike.spares(moment, 2.0) == spared


def test_runs_that_are_as_they_were_hold() -> None:
    assert invariants.runs(["run"], RUN, RUN) == []


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (Runs({FIRST: STEPS[FIRST], SECOND: STEPS[SECOND]}, RUN.ends), "run lacks Register"),
        (Runs({**STEPS, FIRST: {"EndTime": 2.0}}, RUN.ends), "run First was run again"),
        (Runs(STEPS, Counter({FIRST: 2, SECOND: 1})), "the job of run First was run again"),
    ],
)
def test_a_step_that_is_missing_or_was_run_again_is_said(after: Runs, said: str) -> None:
    assert said in invariants.runs(["run"], RUN, after)


def test_versions_hold_and_a_lost_a_double_and_a_missing_one_are_said() -> None:
    both = ["group/1", "group/2"]
    assert invariants.versions(both, both, 2) == []
    assert invariants.versions(both, ["group/1"], 1) == ["the version group/2 is lost"]
    assert invariants.versions([], ["group/1", "group/3"], 2) == ["the versions are numbered [1, 3]"]
    assert invariants.versions([], both, 1) == ["1 runs registered 2 versions"]


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        (Approval("2", True, "1", "2"), True),
        (Approval("2", False, "1", "1"), True),
        (Approval("2", False, "1", "2"), True),
        (Approval("2", True, "1", "1"), False),
        (Approval("2", False, "1", "3"), False),
    ],
)
def test_an_approval_that_was_answered_is_in_force(given: Approval, holds: bool) -> None:
    assert (invariants.approval(given) == []) == holds


SERVES = Serving("InService", ("group/2",), ("run-2",), b"ok")


def test_the_version_approved_last_serves_alone() -> None:
    assert invariants.serving(SERVES, "group/2", "run-2", b"ok") == []


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (replace(SERVES, status="RollingBack"), "RollingBack"),
        (replace(SERVES, variants=("group/1",)), "live is group/1"),
        (replace(SERVES, variants=("group/1", "group/2")), "live is group/1, group/2"),
        (replace(SERVES, variants=()), "live is nothing"),
        (replace(SERVES, programs=("run-1",)), "run-1"),
        (replace(SERVES, programs=("run-1", "run-2")), "run-1"),
        (replace(SERVES, programs=("run-2", "run-2")), "run-2"),
        (replace(SERVES, programs=()), "instances of the runs []"),
        (replace(SERVES, answer=b"no"), "answered b'no'"),
        (replace(SERVES, left_over=(7,)), "program 7 is left over"),
    ],
)
def test_anything_else_that_serves_is_said(seen: Serving, said: str) -> None:
    [sentence] = invariants.serving(seen, "group/2", "run-2", b"ok")
    assert said in sentence


ANSWERED = Image("p", acknowledged=90.0, found="SUCCEEDED", asked="ended", ended="SUCCEEDED")
CUT_OFF = replace(ANSWERED, found="FAILED", ended="FAILED", cause="States.ServiceRestart it", again="SUCCEEDED")


@pytest.mark.parametrize(
    ("image", "strike"),
    [
        (ANSWERED, HURT),
        (replace(ANSWERED, found="RUNNING", asked="same"), HURT),
        (CUT_OFF, KILLED),
        # Not accepted, or during the kill: it may be missing; sent again, it is answered.
        (replace(ANSWERED, acknowledged=100.1, found="", asked="started"), KILLED),
        (replace(ANSWERED, acknowledged=None, found="", asked="started"), KILLED),
    ],
)
def test_an_image_is_answered_or_was_cut_off_by_the_kill(image: Image, strike: Strike) -> None:
    assert accepted.images([image], strike) == []


@pytest.mark.parametrize(
    ("image", "strike", "said"),
    [
        (replace(ANSWERED, found="", asked="started"), KILLED, "accepted 10.0 s before the kill and is nowhere"),
        (replace(ANSWERED, acknowledged=99.9, found="", asked="started"), KILLED, "accepted 0.1 s before the kill"),
        (replace(ANSWERED, acknowledged=99.9, found="", asked="started"), HURT, "is nowhere"),
        (replace(ANSWERED, asked="started"), HURT, "was SUCCEEDED, and asking again under its name said started"),
        (replace(ANSWERED, found="RUNNING", asked="started"), HURT, "was RUNNING, and asking again"),
        (replace(ANSWERED, ended="RUNNING", again="SUCCEEDED"), HURT, "is RUNNING at the end"),
        (replace(ANSWERED, ended="", again="SUCCEEDED"), KILLED, "is nowhere at the end"),
        (CUT_OFF, HURT, "failed: States.ServiceRestart"),
        (replace(CUT_OFF, cause="Runtime.ExitError"), KILLED, "failed: Runtime.ExitError"),
        (replace(CUT_OFF, again="FAILED"), KILLED, "not answered when it was asked again: FAILED"),
        (replace(CUT_OFF, again=""), KILLED, "not answered when it was asked again: not asked"),
    ],
)
def test_an_image_that_is_lost_or_fails_otherwise_is_said(image: Image, strike: Strike, said: str) -> None:
    [sentence] = accepted.images([image], strike)
    assert said in sentence


def test_an_answer_stays_what_it_was() -> None:
    old, late = {"p": Answer("bicycle", 90.0)}, {"p": Answer("bicycle", 99.0)}
    assert accepted.answers(old, old, KILLED) == []
    assert accepted.answers(late, {}, KILLED) == []
    assert accepted.answers(late, {}, HURT) == ["the answer to p was bicycle and is lost"]
    assert accepted.answers(old, {}, KILLED) == ["the answer to p was bicycle and is lost"]
    changed = accepted.answers(old, {"p": Answer("motorcycle", 90.0)}, KILLED)
    assert changed == ["the answer to p was bicycle and is motorcycle"]


@pytest.mark.parametrize("place", ["curated", "quarantine", "given up"])
def test_an_incoming_image_is_in_one_place(place: str) -> None:
    assert accepted.incoming([Incoming("k", True, (place,))]) == []
    assert accepted.incoming([Incoming("k", False, ())]) == []


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (Incoming("k", True, ()), "nowhere"),
        (Incoming("k", True, ("incoming",)), "nowhere"),
        (Incoming("k", True, ("curated", "given up")), "several places"),
        (Incoming("k", True, ("curated", "quarantine")), "several places"),
        (Incoming("k", False, ("curated", "incoming")), "still waits"),
    ],
)
def test_an_incoming_image_that_is_nowhere_or_in_two_places_is_said(item: Incoming, said: str) -> None:
    [sentence] = accepted.incoming([item])
    assert said in sentence


def test_only_an_approval_that_met_a_busy_endpoint_may_be_given_up() -> None:
    assert accepted.dead_letters([DeadLetter("deploy", BUSY, "group/1")], ["k"]) == []
    assert accepted.dead_letters([DeadLetter("deploy", "ClientError", "group/1")], ["k"]) == [
        "deploy gave up group/1: ClientError"
    ]
    assert accepted.dead_letters([DeadLetter("ingest", BUSY, "k")], ["k"]) == [
        f"k was done, and given up by ingest: {BUSY}"
    ]


def test_captures_hold_what_was_answered_but_for_the_last_moments_before_a_kill() -> None:
    assert accepted.captures(Captured({"a": 90.0, "b": 99.5}, {"a"}), KILLED) == []
    assert accepted.captures(Captured({}, ()), HURT) == []


@pytest.mark.parametrize(
    ("seen", "strike", "said"),
    [
        (
            Captured({"a": 90.0, "b": 99.5}, {"a"}),
            HURT,
            "the request b, answered -0.5 s from the kill, is not captured",
        ),
        (Captured({"a": 90.0, "b": 97.5}, {"a"}), KILLED, "answered -2.5 s from the kill, is not captured"),
        (Captured({"a": 90.0, "b": 104.0}, {"a"}), KILLED, "answered +4.0 s from the kill, is not captured"),
        (Captured({"a": 99.0}, ()), KILLED, "1 requests were answered, and nothing is captured"),
        (Captured({"a": 90.0}, {"a"}, unreadable=["x"]), KILLED, "the capture x cannot be read"),
        (Captured({"a": 90.0}, {"a"}, lost=["x"]), KILLED, "the capture x was there and is gone"),
    ],
)
def test_a_capture_that_is_missing_is_said(seen: Captured, strike: Strike, said: str) -> None:
    [sentence] = accepted.captures(seen, strike)
    assert said in sentence

"""What the pusher reads: the build's log while it is written, and a last line that says how it came out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from localaws.push import following
from localaws.push.changes import Change
from localaws.push.following import Pushed, follow, read_changes
from localaws.push.git import PushError
from localaws.settings import Settings

Document = dict[str, Any]
EXECUTION = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/scones-training/execution/abc"
ZERO, COMMIT = "0" * 40, "c" * 40
PUSHED = Change(ZERO, COMMIT, "refs/heads/main")
BUILT = Pushed(PUSHED, ("b:1",), ())


@dataclass
class CodeBuild:
    """A build that writes a piece of its log before each look, and is then complete."""

    log: Path
    pieces: list[str]
    ended: Document
    written: list[str] = field(default_factory=list)

    def batch_get_builds(self, ids: list[str]) -> Document:
        if self.pieces:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("a", encoding="utf-8") as file:
                file.write(self.pieces.pop(0))
        done = not self.pieces
        build = {"id": ids[0], "resolvedSourceVersion": COMMIT, "phases": [], "buildComplete": done}
        return {"builds": [{**build, **(self.ended if done else {"buildStatus": "IN_PROGRESS"})}]}


@pytest.fixture
def push(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Follow a push whose build writes these pieces and ends so."""

    def run(*pieces: str, told: Pushed = BUILT, **ended: object) -> tuple[int, str]:
        codebuild = CodeBuild(settings.builds / "1" / "log", list(pieces), ended)
        monkeypatch.setattr(following, "answers", lambda _: True)
        monkeypatch.setattr(following, "_POLL_SECONDS", 0)
        monkeypatch.setattr(following, "report_push", lambda *_: [told])
        monkeypatch.setattr(following, "Clients", lambda *_: type("", (), {"get": lambda *_: codebuild})())
        said: list[str] = []
        return follow(settings, Path("bakery.git"), [PUSHED], said.append), "".join(said)

    return run


def test_the_last_line_names_the_started_execution(push: Callable[..., tuple[int, str]]) -> None:
    code, said = push("one\ntw", f"o\n{EXECUTION}\n", buildStatus="SUCCEEDED")
    assert (code, said) == (0, f"one\ntwo\n{EXECUTION}\nStarted {EXECUTION} for {COMMIT[:9]}.\n")


def test_a_failure_is_named_with_its_phase_and_that_no_run_was_started(push: Callable[..., tuple[int, str]]) -> None:
    context = {"statusCode": "COMMAND_EXECUTION_ERROR", "message": "Error while executing command: x. Reason: y"}
    phases = [{"phaseType": "INSTALL", "contexts": []}, {"phaseType": "PRE_BUILD", "contexts": [context]}]
    code, said = push("x\n", buildStatus="FAILED", phases=phases)
    assert code == 1
    assert said.splitlines()[-1].startswith(
        f"FAILED: {COMMIT[:9]}: PRE_BUILD: COMMAND_EXECUTION_ERROR: Error while executing command: x. Reason: y. "
        "No run was started. The whole log: "
    )


def test_a_failure_after_the_start_does_not_hide_the_run(push: Callable[..., tuple[int, str]]) -> None:
    code, said = push(f"{EXECUTION}\n", buildStatus="TIMED_OUT")
    assert code == 1
    assert f"the build is TIMED_OUT. It had started {EXECUTION}." in said.splitlines()[-1]


def test_a_build_that_gave_way_is_no_failure_of_the_push(push: Callable[..., tuple[int, str]]) -> None:
    code, said = push("a newer commit is built\n", buildStatus="STOPPED")
    assert code == 0
    assert said.splitlines()[-1].startswith(f"Stopped {COMMIT[:9]}. No run was started.")


def test_a_build_that_starts_no_run_says_so(push: Callable[..., tuple[int, str]]) -> None:
    assert "its buildspec started no run" in push("x\n", buildStatus="SUCCEEDED")[1]


def test_a_rule_that_was_refused_is_reported_in_its_words_and_fails_the_push(
    push: Callable[..., tuple[int, str]],
) -> None:
    refused = "The rule bakery-push could not start arn: AccessDeniedException: not authorized"
    code, said = push(told=Pushed(PUSHED, (), (refused,)))
    assert (code, said) == (1, f"FAILED: {refused}. What was pushed is kept; no run was started.\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replace(PUSHED, ref="refs/tags/v1"), "refs/tags/v1 is kept and not built: no rule of EventBridge starts"),
        (replace(PUSHED, new=ZERO), "refs/heads/main was deleted; nothing is built."),
    ],
)
def test_what_no_rule_builds_is_kept_and_said_so(
    push: Callable[..., tuple[int, str]], change: Change, said: str
) -> None:
    code, printed = push(told=Pushed(change, (), ()))
    assert code == 0
    assert printed.startswith(said)


def test_a_local_aws_that_is_down_is_named_and_what_it_does_when_it_is_up_again(settings: Settings) -> None:
    with pytest.raises(PushError, match=r"start it with `scones up`\. What was pushed is kept, and is built"):
        follow(replace(settings, port=1), Path("bakery.git"), [PUSHED], lambda _: None)


def test_a_local_aws_that_ends_takes_the_build_with_it_and_the_pusher_is_told_how_to_go_on(
    settings: Settings,
) -> None:
    class Gone:
        def batch_get_builds(self, **_: object) -> Document:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    with pytest.raises(PushError, match="aws codebuild start-build --project-name bakery-build"):
        following.follow_build(settings, Gone(), "bakery-build:1", lambda _: None)


def test_gits_lines_are_read_whatever_their_refs_are_called() -> None:
    assert read_changes([f"{ZERO} {'1' * 40} refs/heads/main\n", "\n"]) == [Change(ZERO, "1" * 40, "refs/heads/main")]


def test_git_waits_for_no_import_of_ministack() -> None:
    program = "import sys, localaws.push.__main__, console.__main__; sys.exit('ministack' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

"""From what git tells the hook to the last line that the pusher reads, with a real repository and a real build."""

import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from localaws.push import environment, receive, repository
from localaws.push.errors import PushError
from localaws.push.lock import alone
from localaws.push.project import Project, find
from localaws.push.receive import Change, read_changes
from localaws.settings import Settings

EXECUTION = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/scones-training/execution/abc"
PROJECT = Project("scones-build", "buildspec.yml", "main", variables={"SCONES_PROJECT": "scones"})
ZERO = "0" * 40
STARTS = f'{{version: 0.2, phases: {{build: {{commands: ["echo {EXECUTION}"]}}}}}}'


@dataclass
class Pushed:
    """A repository with a commit, and the hook's work on it."""

    settings: Settings
    path: Path
    commit: str
    project: Project | None

    def receive(self, ref: str = "refs/heads/main", new: str | None = None) -> tuple[int, str]:
        said: list[str] = []
        code = receive.receive(self.settings, self.path, [Change(ZERO, new or self.commit, ref)], said.append)
        return code, "".join(said)


@pytest.fixture
def pushed(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Pushed]:
    def make(files: dict[str, str], project: Project | None = PROJECT) -> Pushed:
        bare, work = repository.create(settings, "scones"), tmp_path / "work"
        (bare / "hooks" / "post-receive").unlink()
        work.mkdir()
        for name, content in files.items():
            (work / name).write_text(content, encoding="utf-8")
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        for words in (
            ["init", "--quiet", "--initial-branch=main"],
            ["add", "--all"],
            [*identity, "commit", "--quiet", "--message=m"],
            ["push", "--quiet", str(bare), "main"],
        ):
            subprocess.run(["git", *words], cwd=work, check=True)
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=work, check=True, capture_output=True, text=True)
        monkeypatch.setattr(receive, "answers", lambda _: True)
        monkeypatch.setattr(receive.project, "find", lambda *_: project)
        return Pushed(settings, bare, head.stdout.strip(), project)

    return make


def test_the_last_line_names_the_started_execution_and_the_log_holds_all(pushed: Callable[..., Pushed]) -> None:
    made = pushed({"buildspec.yml": STARTS})
    code, said = made.receive()
    assert code == 0
    assert said.splitlines()[-1] == f"Started {EXECUTION} for {made.commit[:9]}."
    (log,) = (made.settings.home / "builds").glob("*.log")
    assert log.read_text(encoding="utf-8") == said


def test_a_failure_is_named_with_its_phase_and_that_no_run_was_started(pushed: Callable[..., Pushed]) -> None:
    code, said = pushed({"buildspec.yml": '{version: 0.2, phases: {pre_build: {commands: ["false"]}}}'}).receive()
    assert code == 1
    assert "in pre_build, `false` ended with 1. No run was started. The whole log: " in said.splitlines()[-1]


def test_a_failure_after_the_start_does_not_hide_the_run(pushed: Callable[..., Pushed]) -> None:
    spec = STARTS.replace("]}}", ']}, post_build: {commands: ["false"]}}')
    code, said = pushed({"buildspec.yml": spec}).receive()
    assert code == 1
    assert f"It had started {EXECUTION}" in said.splitlines()[-1]


def test_a_commit_without_a_buildspec_says_so(pushed: Callable[..., Pushed]) -> None:
    code, said = pushed({"README": ""}).receive()
    assert code == 1
    assert "the commit has no buildspec.yml" in said


def test_a_buildspec_outside_of_the_commit_is_not_read(pushed: Callable[..., Pushed]) -> None:
    made = pushed({"README": ""}, replace(PROJECT, buildspec="../../../../etc/hostname"))
    assert "the commit has no ../" in made.receive()[1]


@pytest.mark.parametrize("ref", ["refs/heads/other", "refs/tags/v1"])
def test_another_ref_is_kept_and_not_built(ref: str, pushed: Callable[..., Pushed]) -> None:
    code, said = pushed({"buildspec.yml": STARTS}).receive(ref)
    assert (code, said) == (0, f"{ref} is kept and not built: scones-build builds the branch main only.\n")


def test_a_deleted_branch_is_not_built(pushed: Callable[..., Pushed]) -> None:
    assert "was deleted" in pushed({"buildspec.yml": STARTS}).receive(new=ZERO)[1]


def test_a_repository_that_nothing_builds_says_so(pushed: Callable[..., Pushed]) -> None:
    code, said = pushed({"buildspec.yml": STARTS}, project=None).receive()
    assert code == 0
    assert "No CodeBuild project builds the repository scones" in said


def test_a_local_aws_that_is_down_is_named_before_anything_is_built(settings: Settings) -> None:
    with pytest.raises(PushError, match="start it with `scones up` and push again"):
        receive.receive(replace(settings, port=1), Path("scones.git"), [], lambda _: None)


def test_a_build_finds_codebuilds_variables_and_nothing_of_the_pushers(settings: Settings, tmp_path: Path) -> None:
    given = {"AWS_PROFILE": "mine", "GIT_DIR": "/x", "PYTHONPATH": "/x", "HOME": "/home/me", "PATH": "/bin"}
    source = environment.Source("scones", "main", "c" * 40, tmp_path)
    made = environment.make(settings, PROJECT, source, "id", given)
    assert not {"AWS_PROFILE", "GIT_DIR", "PYTHONPATH"} & set(made)
    assert made["HOME"] == "/home/me"
    assert made["CODEBUILD_RESOLVED_SOURCE_VERSION"] == "c" * 40
    assert made["CODEBUILD_BUILD_ID"] == "scones-build:id"
    assert made["AWS_ENDPOINT_URL"] == settings.endpoint
    assert made["SCONES_PROJECT"] == "scones"
    assert made["PATH"].endswith(":/bin")


def test_gits_lines_are_read_whatever_their_refs_are_called() -> None:
    assert read_changes([f"{ZERO} {'1' * 40} refs/heads/main\n", "\n"]) == [Change(ZERO, "1" * 40, "refs/heads/main")]


def test_a_second_push_waits_for_the_first_and_is_told(tmp_path: Path) -> None:
    told, order = threading.Event(), []

    def second() -> None:
        with alone(tmp_path, lambda _: told.set()):
            order.append("second")

    with alone(tmp_path, lambda _: None):
        thread = threading.Thread(target=second)
        thread.start()
        assert told.wait(5)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


class CodeBuild:
    """Projects, as CodeBuild lists and describes them."""

    def __init__(self, *projects: dict[str, object]) -> None:
        self._projects = projects

    def get_paginator(self, _: str) -> "CodeBuild":
        return self

    def paginate(self) -> list[dict[str, list[object]]]:
        return [{"projects": [each["name"] for each in self._projects]}]

    def batch_get_projects(self, names: list[str]) -> dict[str, list[dict[str, object]]]:
        return {"projects": [each for each in self._projects if each["name"] in names]}


def _described(name: str, repository: str, **more: object) -> dict[str, object]:
    location = f"https://git-codecommit.us-east-1.amazonaws.com/v1/repos/{repository}"
    return {"name": name, "source": {"type": "CODECOMMIT", "location": location, "buildspec": "b.yml"}, **more}


def test_the_project_that_builds_pushes_is_found_by_its_repository() -> None:
    variables = {"environmentVariables": [{"name": "A", "value": "1", "type": "PLAINTEXT"}]}
    client = CodeBuild(
        _described("other-build", "other"),
        _described("scones-pull-request", "scones"),
        _described("scones-build", "scones", sourceVersion="refs/heads/trunk", environment=variables),
    )
    assert find(client, "scones") == Project("scones-build", "b.yml", "trunk", variables={"A": "1"})
    assert find(client, "nobodys") is None


def test_a_variable_that_is_a_secret_is_refused() -> None:
    variables = {"environmentVariables": [{"name": "A", "value": "x", "type": "SECRETS_MANAGER"}]}
    with pytest.raises(PushError, match="PLAINTEXT only"):
        find(CodeBuild(_described("scones-build", "scones", environment=variables)), "scones")

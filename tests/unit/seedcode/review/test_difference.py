"""The difference of two definitions, as a pull request shows it."""

import copy
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from seedcode.errors import PackagingError
from seedcode.review import LONGEST, SAME, PullRequest, comment, define_at, describe, merge_base, summarize

BEFORE: dict[str, Any] = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "Epochs", "DefaultValue": 45}, {"Name": "Seed", "DefaultValue": 1}],
    "Steps": [
        {"Name": "TrainModel", "Arguments": {"HyperParameters": {"epochs": "45"}, "Tags": ["a"]}},
        {"Name": "RegisterModel", "Arguments": {}},
    ],
}


def _after(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BEFORE), **changes}


def test_equal_definitions_are_said_to_be_equal() -> None:
    assert SAME in describe(BEFORE, copy.deepcopy(BEFORE))


def test_a_changed_value_is_named_by_its_place() -> None:
    after = _after(Parameters=[{"Name": "Epochs", "DefaultValue": 1}, BEFORE["Parameters"][1]])
    assert summarize(BEFORE, after) == ["`Parameters.Epochs.DefaultValue`: `45` becomes `1`"]
    assert '-      "DefaultValue": 45,' in describe(BEFORE, after)
    assert '+      "DefaultValue": 1,' in describe(BEFORE, after)


def test_a_secret_that_changed_is_said_to_have_changed_and_shown_to_nobody() -> None:
    job = {"Environment": {"API_TOKEN": "old-hunter2"}, "ContainerArguments": ["--password", "old-hunter2", "--n", "1"]}
    other = {
        "Environment": {"API_TOKEN": "new-hunter2"},
        "ContainerArguments": ["--password", "new-hunter2", "--n", "2"],
    }
    before, after = (_after(Steps=[{"Name": "Train", "Arguments": arguments}]) for arguments in (job, other))
    text = describe(before, after)
    assert "hunter2" not in text
    assert '`Steps.Train.Arguments.Environment.API_TOKEN`: `"(hidden)"` becomes `"(hidden)"`' in text
    assert '`Steps.Train.Arguments.ContainerArguments.1`: `"(hidden)"` becomes `"(hidden)"`' in text
    assert '`Steps.Train.Arguments.ContainerArguments.3`: `"1"` becomes `"2"`' in text


@pytest.mark.parametrize(
    "name",
    [
        "Train`![x](https://example.com/leak)`",
        "Train\n\n# Approved by the owner\n",
        "Train\u202eniart",
        "Train\x1b[2J",
        "`",
    ],
)
def test_nothing_that_the_author_wrote_leaves_its_code_span(name: str) -> None:
    after = _after(Steps=[*BEFORE["Steps"], {"Name": name, "Arguments": {name: name}}])
    (line,) = summarize(BEFORE, after)
    assert line.isprintable()
    assert re.fullmatch("`[^`]*` is new: `[^`]*`", line)
    text = describe(BEFORE, after)
    assert [shown for shown in text.splitlines() if shown.startswith("#")] == ["### The pipeline's definition"]
    # What is too long ends with a whole line, or its last code span would stay open.
    cut = describe(BEFORE, _after(Steps=[{"Name": f"{name}{number}"} for number in range(99)]), limit=900)
    assert all(shown.count("`") % 2 == 0 for shown in cut.splitlines())


def test_a_new_step_in_front_shifts_no_other() -> None:
    after = _after(Steps=[{"Name": "First"}, *BEFORE["Steps"]])
    assert summarize(BEFORE, after) == ['`Steps.First` is new: `{"Name": "First"}`']


def test_what_is_gone_is_named_with_what_it_was() -> None:
    assert summarize(BEFORE, _after(Steps=BEFORE["Steps"][:1])) == [
        '`Steps.RegisterModel` is gone; it was `{"Name": "RegisterModel", "Arguments": {}}`'
    ]


def test_a_comment_fits_and_says_what_is_missing() -> None:
    after = _after(Parameters=[{"Name": f"P{number}", "DefaultValue": "x" * 100} for number in range(500)])
    text = describe(BEFORE, after, LONGEST)
    assert len(text) <= LONGEST
    assert "too long for a comment" in text
    assert len(describe(BEFORE, after)) > LONGEST


class CodeCommit:
    """Keeps what is posted."""

    def __init__(self) -> None:
        self.requests: list[dict[str, str]] = []

    def post_comment_for_pull_request(self, **request: str) -> dict[str, Any]:
        self.requests.append(request)
        return {"comment": {"commentId": "1"}}


def test_a_build_that_is_repeated_asks_with_the_same_token() -> None:
    client, request = CodeCommit(), PullRequest("7", "scones", "b" * 40, "a" * 40)
    assert comment(client, request, "text") == "1"
    comment(client, request, "text")
    comment(client, request, "another")
    tokens = [each["clientRequestToken"] for each in client.requests]
    assert tokens[0] == tokens[1] != tokens[2]
    assert client.requests[0]["beforeCommitId"] == "b" * 40


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: one before there was a pipeline, and one whose program prints a definition."""
    program = tmp_path / "pipelines"
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    script = f"print({json.dumps(json.dumps(BEFORE))})"
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        [*identity, "commit", "--quiet", "--allow-empty", "-m1"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    program.mkdir()
    (program / "__init__.py").write_text("", encoding="utf-8")
    (program / "get_pipeline_definition.py").write_text(script, encoding="utf-8")
    for words in (["add", "--all"], [*identity, "commit", "--quiet", "-m2"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def test_a_definition_is_built_with_the_code_of_its_own_commit(repository: Path) -> None:
    assert define_at("HEAD", repository) == BEFORE
    assert define_at("HEAD~1", repository) == {}
    listed = subprocess.run(["git", "worktree", "list"], cwd=repository, capture_output=True, text=True, check=True)
    assert len(listed.stdout.splitlines()) == 1


def test_two_branches_are_compared_from_where_they_parted(repository: Path) -> None:
    found = subprocess.run(["git", "rev-parse", "HEAD~1"], cwd=repository, capture_output=True, text=True, check=True)
    assert merge_base("HEAD~1", "HEAD", repository) == found.stdout.strip()


@pytest.mark.parametrize("commit", ["nobody", "--output=/tmp/x"])
def test_what_is_no_commit_is_refused(commit: str, repository: Path) -> None:
    with pytest.raises(PackagingError, match="git rev-parse"):
        define_at(commit, repository)

"""The workflows for GitHub: no stored keys, no more rights than needed, and the commands of the buildspecs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

SEEDCODE = Path(__file__).parents[4] / "seedcode"
PAIRS = {"run": "buildspec", "pull-request": "buildspec-pull-request"}
# What differs on purpose: where a name is kept for the next command, and where the difference goes.
SKIPPED = ("export ", "SCONES_IMAGE_URI=", "echo ")


def _read(path: Path) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _workflow(name: str) -> dict[Any, Any]:
    return _read(SEEDCODE / "github" / f"{name}.yml")


def _job(name: str) -> dict[str, Any]:
    (job,) = _workflow(name)["jobs"].values()
    return dict(job)


def _modules(commands: list[str]) -> list[str]:
    found = [
        re.search(r"python -m (pip install|pytest tests/smoke|seedcode \w+|pipelines\.\w+.*)", each)
        for each in commands
    ]
    return [match[1] for match in found if match]


@pytest.mark.parametrize("name", PAIRS)
def test_no_secret_is_used_and_each_action_is_pinned_to_a_commit(name: str) -> None:
    text = (SEEDCODE / "github" / f"{name}.yml").read_text(encoding="utf-8")
    assert not re.search(r"secrets\b|aws-access-key|aws-secret", text)
    uses = [step["uses"] for step in _job(name)["steps"] if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", each) for each in uses)


def test_a_push_may_ask_for_a_token_and_read_and_nothing_else() -> None:
    assert _workflow("run")["permissions"] == {"id-token": "write", "contents": "read"}
    assert _workflow("run")[True] == {"push": {"branches": ["main"]}}  # YAML 1.1 reads `on` as true


def test_a_pull_request_reads_and_has_no_way_to_aws() -> None:
    assert _workflow("pull-request")["permissions"] == {"contents": "read"}
    assert set(_workflow("pull-request")[True]) == {"pull_request"}
    assert "configure-aws-credentials" not in str(_job("pull-request"))


@pytest.mark.parametrize("name", PAIRS)
def test_it_runs_the_buildspecs_commands_in_their_order(name: str) -> None:
    phases = _read(SEEDCODE / f"{PAIRS[name]}.yml")["phases"].values()
    # GitHub itself lets one run wait for the other.
    built = [one for phase in phases for one in _modules(phase["commands"]) if one != "seedcode turn"]
    ran = _modules([line for step in _job(name)["steps"] for line in step.get("run", "").splitlines()])
    assert len(built) >= 3
    assert ran == built


def test_a_push_waits_for_the_run_before_it_and_cuts_nothing_off() -> None:
    assert _workflow("run")["concurrency"] == {"group": "run", "cancel-in-progress": False}


def test_a_build_waits_for_its_turn_before_it_changes_anything() -> None:
    phases = _read(SEEDCODE / "buildspec.yml")["phases"]
    assert phases["pre_build"]["commands"][-1] == "python -m seedcode turn"
    assert set(_modules(phases["install"]["commands"] + phases["pre_build"]["commands"][:-1])) == {
        "pip install",
        "pytest tests/smoke",
    }


@pytest.mark.parametrize("name", PAIRS)
def test_nothing_of_an_event_is_pasted_into_a_shell(name: str) -> None:
    for step in _job(name)["steps"]:
        assert "${{" not in step.get("run", "")


def test_credentials_come_after_the_tests() -> None:
    steps = [step.get("uses", step.get("name", "")) for step in _job("run")["steps"]]
    assert steps.index("Test") < next(n for n, step in enumerate(steps) if "configure-aws-credentials" in step)

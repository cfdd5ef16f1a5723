"""What the SDK 3 writes for each class of step, condition and dependency: it is read, or refused when created."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from localaws.engine.types import VARIABLES
from localaws.errors import AwsError
from tests.contract.sdk_forms.reading import check_run_or_refused, read
from tests.environments import SDK3, needs_sdk3

REPOSITORY = Path(__file__).parents[2]
pytestmark = needs_sdk3


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """All that the program writes in the SDK 3's environment, by one start of it."""
    command = [str(SDK3 / "bin/python"), "-m", "tests.contract.sdk_forms.sdk3"]
    environment = {"AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_each_class_of_step_and_condition_is_tried(written: dict[str, Any]) -> None:
    assert written["classes"]["steps"] == sorted(written["steps"])
    assert written["classes"]["conditions"] == sorted(written["conditions"])
    assert written["classes"]["variables"] == sorted(VARIABLES)


def test_each_class_of_step_is_run_or_refused_in_a_sentence(written: dict[str, Any]) -> None:
    for name, text in written["steps"].items():
        if name != "NotebookJobStep":
            check_run_or_refused(text)
    with pytest.raises(AwsError, match="The step 'Book' is a notebook job"):
        read(written["steps"]["NotebookJobStep"])


def test_conditions_functions_and_parameters_are_read(written: dict[str, Any]) -> None:
    for text in (*written["conditions"].values(), written["functions"]):
        read(text)


def test_a_step_that_runs_on_another_outcome_than_success_is_refused_in_a_sentence(written: dict[str, Any]) -> None:
    plain = written["dependencies"].pop("Completed")
    assert read(plain).steps["Then"].depends_on == {"Ask"}
    for text in written["dependencies"].values():
        with pytest.raises(AwsError, match="The step 'Then' has a DependsOn with a Trigger"):
            read(text)

"""The SageMaker SDK 3, in its own environment, against SDK 2 in this one: docs/sdk-v3.md.

And what it writes for each class of step, condition and dependency: it is read, or refused when created.
"""

from __future__ import annotations

import json
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from localaws.engine.types import VARIABLES
from localaws.errors import AwsError
from tests.contract import definitions
from tests.contract.sdk_forms.reading import check_run_or_refused, read
from tests.environments import SDK3, needs_sdk3

REPOSITORY = Path(__file__).parents[2]
PACKED = """
import json, tempfile, zipfile
from importlib.util import find_spec
from pathlib import Path
from seedcode.packaging.function import build_function
with tempfile.TemporaryDirectory() as folder:
    packed = zipfile.ZipFile(build_function("refresh_workflow", folder=Path(folder)))
    names = [name for name in packed.namelist() if name.endswith(".asl.json")]
    asl = {Path(name).name: packed.read(name).decode() for name in names}
print(json.dumps([find_spec("stepfunctions") is not None, asl]))
"""
compares = pytest.mark.skipif(
    not metadata.version("sagemaker").startswith("2."), reason="this environment has no SDK 2 to compare with"
)


def _start(*words: str) -> subprocess.Popen[str]:
    """Start that environment's Python, with nothing of this one's but a region, which SDK 3 needs when imported."""
    environment = {"AWS_DEFAULT_REGION": "us-east-1"}
    command = [str(SDK3 / "bin/python"), *words]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    """What the other SDK writes, by one start of its environment: importing it takes three seconds."""
    with _start("-m", "tests.contract.written_by_sdk3") as other:
        answer: dict[str, Any] = json.loads(other.communicate()[0])
    assert other.returncode == 0
    return answer


@pytest.fixture(scope="module")
def written(theirs: dict[str, Any]) -> dict[str, Any]:
    """Its classes of step, condition and dependency, each written."""
    forms: dict[str, Any] = theirs["forms"]
    return forms


@needs_sdk3
@compares
def test_both_sdks_write_the_same_bytes_for_every_profile_and_all_settings_without_a_network(
    theirs: dict[str, Any],
) -> None:
    ours = definitions.build()

    assert list(theirs["definitions"]) == list(ours)
    assert len(ours) > 15
    for name, text in ours.items():
        assert theirs["definitions"][name] == text, name


@needs_sdk3
@compares
def test_both_offer_the_same_names(theirs: dict[str, Any]) -> None:
    from pipelines.sdk import version2

    assert theirs["names"] == version2.__all__


@needs_sdk3
def test_the_kept_workflows_are_packed_where_there_is_no_stepfunctions() -> None:
    with _start("-c", PACKED) as other:
        has_stepfunctions, packed = json.loads(other.communicate()[0])

    assert not has_stepfunctions
    assert packed == {path.name: path.read_text(encoding="utf-8") for path in REPOSITORY.glob("workflow/*.asl.json")}


@needs_sdk3
def test_each_class_of_step_and_condition_is_tried(written: dict[str, Any]) -> None:
    assert written["classes"]["steps"] == sorted(written["steps"])
    assert written["classes"]["conditions"] == sorted(written["conditions"])
    assert written["classes"]["variables"] == sorted(VARIABLES)


@needs_sdk3
def test_each_class_of_step_is_run_or_refused_in_a_sentence(written: dict[str, Any]) -> None:
    for name, text in written["steps"].items():
        if name != "NotebookJobStep":
            check_run_or_refused(text)
    with pytest.raises(AwsError, match="The step 'Book' is a notebook job"):
        read(written["steps"]["NotebookJobStep"])


@needs_sdk3
def test_conditions_functions_and_parameters_are_read(written: dict[str, Any]) -> None:
    for text in (*written["conditions"].values(), written["functions"]):
        read(text)


@needs_sdk3
def test_a_step_that_runs_on_another_outcome_than_success_is_refused_in_a_sentence(written: dict[str, Any]) -> None:
    plain = written["dependencies"].pop("Completed")
    assert read(plain).steps["Then"].depends_on == {"Ask"}
    for text in written["dependencies"].values():
        with pytest.raises(AwsError, match="The step 'Then' has a DependsOn with a Trigger"):
            read(text)

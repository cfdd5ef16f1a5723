"""The workflows as they are kept: built anew they are the same, and they hold Amazon States Language's rules."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seedcode.stack.template import load
from tests.contract.stack.resolve import ACCOUNT, REGION, Stack
from tests.contract.stack.variants import CODE
from workflow import __main__ as build
from workflow import placeholders
from workflow.delivery import ASSIGNMENTS

FILES = ("inference.asl.json", "bulk.asl.json")
PATHS = [build.FOLDER / file for file in FILES]
Document = dict[str, Any]


def _definition(file: str) -> Document:
    definition: Document = json.loads((build.FOLDER / file).read_text(encoding="utf-8"))
    return definition


def _machines(definition: Document) -> Iterator[Document]:
    """The machine itself, and the one inside of each Map state."""
    yield definition
    for state in definition["States"].values():
        if "ItemProcessor" in state:
            yield from _machines(state["ItemProcessor"])


def _states(file: str) -> dict[str, Document]:
    return {name: state for machine in _machines(_definition(file)) for name, state in machine["States"].items()}


def _targets(state: Document) -> set[str]:
    branches = [state, *state.get("Choices", []), *state.get("Catch", [])]
    return {one["Next"] for one in branches if "Next" in one} | {state[key] for key in ("Default",) if key in state}


@pytest.mark.parametrize("file", FILES)
def test_the_kept_file_is_what_is_built(file: str) -> None:
    assert (build.FOLDER / file).read_text(encoding="utf-8") == build.text(file), "run `python -m workflow`"


@pytest.mark.parametrize("path", PATHS, ids=FILES)
def test_asl_validator_accepts_it(path: Path, tmp_path: Path) -> None:
    program = shutil.which("asl-validator")
    if program is None:
        pytest.skip("asl-validator is not on the PATH: npm install --global asl-validator@4.0.0")
    rendered = tmp_path / path.name
    rendered.write_text(path.read_text(encoding="utf-8").replace(placeholders.PARTITION, "aws"), encoding="utf-8")
    command = [program, "--json-path", str(rendered)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", FILES)
def test_every_state_leads_to_one_that_is_there_and_is_led_to(file: str) -> None:
    for machine in _machines(_definition(file)):
        states = machine["States"]
        reached = {machine["StartAt"]}.union(*(_targets(state) for state in states.values()))
        assert reached == set(states)


@pytest.mark.parametrize("file", FILES)
def test_every_task_has_a_time_limit_and_jittered_retries_that_end(file: str) -> None:
    tasks = [state for state in _states(file).values() if state["Type"] == "Task"]
    assert len(tasks) == 3
    for task in tasks:
        assert 0 < task["TimeoutSeconds"] <= 300
        for retry in task["Retry"]:
            assert retry["JitterStrategy"] == "FULL"
            assert retry["MaxDelaySeconds"] > retry["IntervalSeconds"]
            assert 0 < retry["MaxAttempts"] < 10
            assert "States.ALL" not in retry["ErrorEquals"]
    assert _definition(file)["TimeoutSeconds"] > 0


@pytest.mark.parametrize("file", FILES)
def test_only_known_placeholders_are_left_to_fill_in(file: str) -> None:
    known = {value for name, value in vars(placeholders).items() if name.isupper()}
    assert set(re.findall(r"\$\{\w+\}", json.dumps(_definition(file)))) <= known


def test_no_error_is_both_tried_again_and_refused() -> None:
    for state in _states("inference.asl.json").values():
        if state["Type"] == "Task":
            refused, failed, rest = state["Catch"]
            assert not set(refused["ErrorEquals"]) & set(state["Retry"][0]["ErrorEquals"])
            assert set(failed["ErrorEquals"]) - {"BadAnswer"} < set(state["Retry"][0]["ErrorEquals"])
            assert rest["ErrorEquals"] == ["States.ALL"]


def test_each_label_has_its_assignment_and_a_picture_that_needs_a_person_ends_well() -> None:
    states = _states("inference.asl.json")
    assigned = {
        choice["StringEquals"]: states[choice["Next"]]["Parameters"]["assignment"]
        for choice in states["AssignDelivery"]["Choices"]
    }
    assert assigned == ASSIGNMENTS == {"bicycle": "nearby orders", "motorcycle": "distant orders"}
    assert states["LowConfidence"]["Parameters"]["status"] == "NEEDS_REVIEW"
    assert states["LowConfidence"]["End"]
    assert states["PictureRefused"]["Type"] == "Fail"


def test_the_bulk_form_reads_a_prefix_in_batches_and_writes_one_file() -> None:
    images = _states("bulk.asl.json")["ClassifyPictures"]
    assert images["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    assert images["ItemReader"]["Resource"].endswith("s3:listObjectsV2")
    assert images["ItemBatcher"]["MaxItemsPerBatch"] * 100 >= 10_000 / images["MaxConcurrency"]
    assert images["ResultWriter"]["WriterConfig"] == {"Transformation": "FLATTEN", "OutputType": "JSONL"}
    assert 0 < images["ToleratedFailurePercentage"] < 100
    assert 0 < images["MaxConcurrency"] < 100


def test_pictures_travel_as_addresses() -> None:
    for file in FILES:
        assert "base64" not in json.dumps(_definition(file)).lower()


def test_the_workflows_role_names_the_maps_executions_as_aws_does() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    role = Stack(load(), CODE).of_type("AWS::IAM::Role")["WorkflowRole"]
    statements = {one["Sid"]: one for one in role["Policies"][0]["PolicyDocument"]["Statement"]}
    executions, label = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:scones-bulk-inference", "ClassifyPictures"
    assert _states("bulk.asl.json")[label]["Label"] == label
    assert statements["FollowTheMap"]["Resource"] == f"{executions}:*"
    assert statements["GoOnWithTheMap"]["Resource"] == f"{executions}/{label}:*"

"""A definition names integrations that are there, with members that their APIs have; else it is not created."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from ministack.services import stepfunctions

from localaws.ministack_patches.step_functions import integrations
from localaws.operations import SAGEMAKER
from localaws.shapes import service_model
from tests.unit.localaws.ministack_patches.conftest import ROLE, Machines

Document = dict[str, Any]
HEAD = "arn:aws:states:::"
MODEL = {"ModelName": "m", "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": "i"}}
RUNS = {
    "a function": {"Resource": "arn:aws:lambda:us-east-1:000000000000:function:f"},
    "an activity": {"Resource": "arn:aws:states:us-east-1:000000000000:activity:a"},
    "Lambda": {"Resource": f"{HEAD}lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}},
    "a callback": {"Resource": f"{HEAD}sqs:sendMessage.waitForTaskToken", "Parameters": {"QueueUrl": "q"}},
    "a child": {"Resource": f"{HEAD}states:startExecution.sync:2", "Parameters": {"StateMachineArn": "m"}},
    "a model": {"Resource": f"{HEAD}sagemaker:createModel", "Parameters": MODEL},
    "all by the input": {"Resource": f"{HEAD}sagemaker:createModel", "InputPath": "$.model"},
    "a member by a path": {
        "Resource": f"{HEAD}sagemaker:createModel",
        "Parameters": {**MODEL, "PrimaryContainer": {"ModelDataUrl.$": "$.a"}, "Tags.$": "$.tags"},
    },
    "any API": {"Resource": f"{HEAD}aws-sdk:sagemaker:listTrainingJobs"},
    "a pipeline": {
        "Resource": f"{HEAD}aws-sdk:sagemaker:startPipelineExecution",
        "Parameters": {"PipelineName": "line"},
    },
    "an endpoint": {
        "Resource": f"{HEAD}aws-sdk:sagemakerruntime:invokeEndpoint",
        "Parameters": {"EndpointName": "e", "Body.$": "$.body", "ContentType": "text/csv"},
    },
    "another service": {"Resource": f"{HEAD}aws-sdk:dynamodb:getItem", "Parameters": {}},
}
NOT_RECOGNIZED = (
    "sagemaker:createEndpoint.sync",
    "sagemaker:createModel.sync",
    "sagemaker:createTrainingJob.waitForTaskToken",
    "sagemaker:startPipelineExecution",
    "sagemaker:startPipelineExecution.sync",
    "sagemaker:describeTrainingJob",
    "sagemaker:CreateTrainingJob",
    "lambda:invoke.sync",
    "lambda:invokeAsync.sync:3",
    "dynamodb:getItem.waitForTaskToken",
    "aws-sdk:sagemaker:createTrainingJob.sync",
    "aws-sdk:sagemaker:trainSomething",
    "aws-sdk:dynamodb:getSomething",
    "nosuchservice:doIt",
)
NOT_EMULATED = (
    "sagemaker:createLabelingJob",
    "sagemaker:createLabelingJob.sync",
    "glue:startJobRun.sync",
    "batch:submitJob.sync",
    "aws-sdk:sagemaker:createLabelingJob",
    "aws-sdk:sagemakerruntime:invokeEndpointAsync",
    "aws-sdk:rekognition:detectLabels",
)


@pytest.fixture
def refused(machines: Machines, apply: Callable[[ModuleType], None]) -> Callable[[Document], str]:
    """What CreateStateMachine answers for a Task: the sentence of its InvalidDefinition, or nothing."""
    apply(integrations)

    def create(state: Document) -> str:
        assert machines
        definition = {"StartAt": "S", "States": {"S": {"Type": "Task", "End": True, **state}}}
        status, _, body = stepfunctions._create_state_machine(
            {"name": "m", "definition": json.dumps(definition), "roleArn": ROLE}
        )
        if status == 200:
            stepfunctions.reset()
            return ""
        said = json.loads(body)
        assert said["__type"] == "InvalidDefinition"
        return str(said["message"])

    return create


@pytest.mark.parametrize("name", RUNS)
def test_what_runs_here_is_taken(refused: Callable[[Document], str], name: str) -> None:
    assert refused(RUNS[name]) == ""


@pytest.mark.parametrize("resource", NOT_RECOGNIZED)
def test_what_aws_does_not_have_is_refused_in_its_words(refused: Callable[[Document], str], resource: str) -> None:
    assert refused({"Resource": HEAD + resource}) == (
        f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The resource provided {HEAD}{resource} is not "
        "recognized. The value is not a valid resource ARN, or the resource is not available in this region. at "
        "/States/S/Resource'"
    )


@pytest.mark.parametrize("resource", NOT_EMULATED)
def test_what_only_aws_has_is_refused_as_not_emulated(refused: Callable[[Document], str], resource: str) -> None:
    assert f"The local AWS does not emulate {HEAD}{resource}" in refused({"Resource": HEAD + resource})


@pytest.mark.parametrize("resource", ["", "train", None, 3, "lambda:invoke", "arn:aws:lambda"])
def test_a_resource_is_an_arn(refused: Callable[[Document], str], resource: object) -> None:
    assert "Value is not a valid resource ARN at /States/S/Resource" in refused({"Resource": resource})


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({**MODEL, "S3Operations": {}}, 'The field "S3Operations" is not supported by Step Functions'),
        ({**MODEL, "Tags": [{"key": "a"}]}, 'The field "key" is not supported by Step Functions'),
        ({**MODEL, "modelName.$": "$.a"}, 'The field "modelName" is not supported by Step Functions'),
        ({"ModelName": "m", "PrimaryContainer": {"Image": "i", "Images": 1}}, "ExecutionRoleArn|Images"),
    ],
)
def test_a_member_that_the_api_lacks_is_refused(
    refused: Callable[[Document], str], parameters: Document, words: str
) -> None:
    said = refused({"Resource": f"{HEAD}sagemaker:createModel", "Parameters": parameters})
    assert any(word in said for word in words.split("|"))
    assert said.endswith("at /States/S/Parameters'")


def test_a_member_of_an_expressions_arguments_is_held_to_the_api_too(refused: Callable[[Document], str]) -> None:
    state = {"QueryLanguage": "JSONata", "Resource": f"{HEAD}sagemaker:createModel"}
    assert refused({**state, "Arguments": {**MODEL, "ModelName": "{% $states.input.name %}"}}) == ""
    assert "at /States/S/Arguments" in refused({**state, "Arguments": {**MODEL, "Nope": 1}})


@pytest.mark.parametrize("within", ["Branches", "ItemProcessor", "Iterator"])
def test_tasks_within_a_parallel_or_a_map_are_held_to_it_too(refused: Callable[[Document], str], within: str) -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Task", "Resource": f"{HEAD}no:such", "End": True}}}
    state = {"Type": "Parallel" if within == "Branches" else "Map", within: [inner] if within == "Branches" else inner}
    place = "Branches[0]" if within == "Branches" else within
    assert f"at /States/S/{place}/States/I/Resource" in refused(state)


def test_a_refused_update_changes_nothing(machines: Machines, refused: Callable[[Document], str]) -> None:
    assert refused
    arn = machines.create("m", {"S": {"Type": "Succeed"}}, "S")
    before = machines.call("_describe_state_machine", stateMachineArn=arn)
    definition = {"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": f"{HEAD}no:such", "End": True}}}
    status, _, body = stepfunctions._update_state_machine(
        {"stateMachineArn": arn, "definition": json.dumps(definition)}
    )
    assert (status, json.loads(body)["__type"]) == (400, "InvalidDefinition")
    assert machines.call("_describe_state_machine", stateMachineArn=arn) == before


@pytest.mark.parametrize("operation", sorted(service_model().operation_names))
def test_each_api_of_sagemaker_is_run_or_refused_when_the_machine_is_created(
    refused: Callable[[Document], str], operation: str
) -> None:
    resource = f"{HEAD}aws-sdk:sagemaker:{operation[0].lower()}{operation[1:]}"
    said = refused({"Resource": resource})
    assert ("does not emulate" in said) == (operation not in SAGEMAKER.operations)


@pytest.mark.parametrize(
    ("resource", "result"), [("aws-sdk:sagemaker:listModels", "OK"), ("sagemaker:createModel.sync", "FAIL")]
)
def test_a_definition_can_be_asked_about_before_it_is_created(
    machines: Machines, refused: Callable[[Document], str], resource: str, result: str
) -> None:
    assert refused
    definition = {"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": HEAD + resource, "End": True}}}
    said = machines.call("_validate_state_machine_definition", definition=json.dumps(definition))
    assert said["result"] == result
    if result == "FAIL":
        [found] = said["diagnostics"]
        assert (found["severity"], found["code"]) == ("ERROR", "SCHEMA_VALIDATION_FAILED")
        assert found["location"] == "/States/S/Resource"
        assert found["message"].startswith("The resource provided")


WAITS = {
    f"{HEAD}sagemaker:createTrainingJob.sync": "'.sync' service integration",
    f"{HEAD}states:startExecution.sync:2": "'.sync' service integration",
    f"{HEAD}sqs:sendMessage.waitForTaskToken": "'.waitForTaskToken' service integration",
    "arn:aws:states:us-east-1:000000000000:activity:a": "Activity ARN",
}


@pytest.mark.parametrize("resource", WAITS)
@pytest.mark.parametrize("kind", ["EXPRESS", "STANDARD"])
def test_an_express_machine_waits_for_nothing_of_its_tasks(
    machines: Machines, refused: Callable[[Document], str], kind: str, resource: str
) -> None:
    assert machines
    assert refused
    definition = {"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": resource, "End": True}}}
    status, _, body = stepfunctions._create_state_machine(
        {"name": "m", "definition": json.dumps(definition), "roleArn": ROLE, "type": kind}
    )
    assert status == (400 if kind == "EXPRESS" else 200)
    if kind == "EXPRESS":
        assert f"Express state machine does not support {WAITS[resource]} at /States/S" in json.loads(body)["message"]

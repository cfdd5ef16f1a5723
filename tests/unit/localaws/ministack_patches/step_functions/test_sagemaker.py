"""SageMaker's integrations: jobs that are waited for, models and endpoints that are made, and any other call."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ministack.services import stepfunctions

from localaws.aws import Aws
from localaws.errors import AwsError
from tests.unit.localaws.conftest import TRAINING, Api
from tests.unit.localaws.ministack_patches.conftest import ROLE, Machines
from tests.unit.localaws.ministack_patches.step_functions.conftest import Jobs

Document = dict[str, Any]
HEAD = "arn:aws:states:::"
JOB = {**TRAINING, "TrainingJobName": "job"}
CREATE: Document = {"Type": "Task", "Resource": f"{HEAD}sagemaker:createTrainingJob", "Parameters": JOB, "End": True}
TRAIN: Document = {**CREATE, "Resource": f"{HEAD}sagemaker:createTrainingJob.sync"}
END: Document = {"Type": "Succeed"}
WATCH = "StepFunctionsGetEventsForSageMakerTrainingJobsRule"


class Authority:
    """Allows all but the actions that a test refuses, and remembers what it was asked."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.asked: list[tuple[str, str]] = []
        self.known: Any = None

    def clients(self, *_: object) -> Any:
        return self.known

    def check(self, role: str, action: str, resource: str, *more: object, **named: object) -> None:
        assert "states.amazonaws.com" in (*more, *named.values())
        assert role == ROLE
        self.asked.append((action, resource))
        if action in self.refused:
            raise AwsError("AccessDeniedException", f"User is not authorized to perform: {action}")


def _run(machines: Machines, state: Document, given: object = None) -> Document:
    return machines.run(machines.create("m", {"S": state, "E": END}, "S"), given)


def _events(machines: Machines, execution: str) -> list[Document]:
    found: list[Document] = machines.call("_get_execution_history", executionArn=execution)["events"]
    return found


def test_a_task_that_waits_answers_the_jobs_description_as_its_event_has_it(
    machines: Machines, integrated: Jobs, api: Api
) -> None:
    assert integrated
    ended = _run(machines, TRAIN)
    assert ended["status"] == "SUCCEEDED", ended
    answer = json.loads(ended["output"])
    described = api("DescribeTrainingJob", TrainingJobName="job")
    assert (answer["TrainingJobStatus"], answer["TrainingJobArn"]) == ("Completed", described["TrainingJobArn"])
    assert answer["ModelArtifacts"] == described["ModelArtifacts"]
    assert answer["CreationTime"] == round(described["CreationTime"] * 1000)
    assert answer["SecondaryStatusTransitions"][0]["StartTime"] > 10**12
    assert answer["Tags"] == {
        "MANAGED_BY_AWS": "STARTED_BY_STEP_FUNCTIONS",
        "AWS_STEP_FUNCTIONS_EXECUTION_ARN": ended["executionArn"],
    }


def test_a_task_that_does_not_wait_answers_what_the_api_answers(machines: Machines, integrated: Jobs, api: Api) -> None:
    integrated.finish.clear()
    answer = json.loads(_run(machines, CREATE)["output"])
    assert answer["TrainingJobArn"].endswith(":training-job/job")
    assert answer["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert api("DescribeTrainingJob", TrainingJobName="job")["TrainingJobStatus"] == "InProgress"
    integrated.finish.set()


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_a_job_that_does_not_complete_is_a_failed_task_with_its_description(
    machines: Machines, integrated: Jobs, status: str
) -> None:
    integrated.status, integrated.changes = status, {"FailureReason": "AlgorithmError: broken"}
    ended = _run(machines, TRAIN)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.TaskFailed")
    cause = json.loads(ended["cause"])
    assert (cause["TrainingJobStatus"], cause["FailureReason"]) == (status, "AlgorithmError: broken")


def test_a_failed_job_is_caught_and_its_cause_can_be_read(machines: Machines, integrated: Jobs) -> None:
    integrated.status = "Failed"
    parse = {"Type": "Pass", "Parameters": {"job.$": "States.StringToJson($.Cause)"}, "End": True}
    state = {**TRAIN, "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "P"}]}
    arn = machines.create("m", {"S": state, "P": parse}, "S")
    assert json.loads(machines.run(arn)["output"])["job"]["TrainingJobStatus"] == "Failed"


def test_a_name_that_is_taken_is_an_error_of_the_apis_name(machines: Machines, integrated: Jobs) -> None:
    assert integrated
    arn = machines.create("m", {"S": CREATE}, "S")
    assert machines.run(arn)["status"] == "SUCCEEDED"
    ended = machines.run(arn)
    assert (ended["status"], ended["error"]) == ("FAILED", "SageMaker.ResourceInUseException")
    assert "(Service: AmazonSageMaker; Status Code: 400; Error Code: ResourceInUse; Request ID: " in ended["cause"]


@pytest.mark.parametrize(
    ("resource", "error"),
    [
        ("sagemaker:createTrainingJob", "SageMaker.AmazonSageMakerException"),
        ("aws-sdk:sagemaker:createTrainingJob", "SageMaker.SageMakerException"),
    ],
)
def test_an_error_that_the_api_does_not_name_has_the_name_of_all(
    machines: Machines, integrated: Jobs, resource: str, error: str
) -> None:
    assert integrated
    ended = _run(machines, {**CREATE, "Resource": HEAD + resource, "Parameters": {**JOB, "TrainingJobName": "a b"}})
    assert (ended["status"], ended["error"]) == ("FAILED", error)
    assert "failed to satisfy constraint" in ended["cause"]


def test_a_retry_of_the_consoles_names_begins_the_job_again(machines: Machines, integrated: Jobs, api: Api) -> None:
    assert integrated
    api("CreateTrainingJob", **JOB)
    names = {"ErrorEquals": ["SageMaker.ResourceInUseException"], "MaxAttempts": 2, "IntervalSeconds": 1}
    ended = _run(machines, {**CREATE, "Retry": [names]})
    failed = [event for event in _events(machines, ended["executionArn"]) if event["type"] == "TaskFailed"]
    assert len(failed) == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"job": {**JOB, "S3Operations": {}}}, 'The field "S3Operations" is not supported by Step Functions'),
        ({"job": {"TrainingJobName": "job"}}, 'The field "RoleArn" is required but was missing'),
        (
            {"job": {**JOB, "ResourceConfig": {**JOB["ResourceConfig"], "InstanceCount": "1"}}},
            "The value for the field 'InstanceCount' must be an INTEGER",
        ),
        ({"job": {**JOB, "HyperParameters": {"epochs": 3}}}, "The value for the field 'epochs' must be a STRING"),
    ],
)
def test_parameters_that_do_not_fit_the_api_end_the_execution(
    machines: Machines, integrated: Jobs, given: Document, words: str
) -> None:
    assert integrated
    state = {name: value for name, value in CREATE.items() if name != "Parameters"} | {"InputPath": "$.job"}
    ended = _run(machines, {**state, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}]}, given)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert words in ended["cause"]
    assert "executing the state 'S' (entered at the event id #2)" in ended["cause"]


def test_a_timeout_stops_the_job(
    machines: Machines, integrated: Jobs, api: Api, settled: Callable[[Callable[[], bool]], None]
) -> None:
    integrated.finish.clear()
    ended = _run(machines, {**TRAIN, "TimeoutSecondsPath": "$.longest"}, {"longest": 1})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")
    assert "TaskTimedOut" in [event["type"] for event in _events(machines, ended["executionArn"])]
    settled(lambda: api("DescribeTrainingJob", TrainingJobName="job")["TrainingJobStatus"] == "Stopped")


@pytest.mark.parametrize("within", ["alone", "in a Parallel"])
def test_a_stop_of_the_execution_stops_the_job_and_nothing_is_begun_after_it(
    machines: Machines,
    integrated: Jobs,
    api: Api,
    settled: Callable[[Callable[[], bool]], None],
    within: str,
) -> None:
    integrated.finish.clear()
    every = {"Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Next"}]}
    after = {**CREATE, "Parameters": {**JOB, "TrainingJobName": "after"}}
    states: Document = {"S": {**TRAIN, **every}, "Next": after}
    if within == "in a Parallel":
        branch = {"StartAt": "S", "States": states}
        states = {"S": {"Type": "Parallel", "Branches": [branch], "End": True}}
    arn = machines.create("m", states, "S")
    execution = machines.call("_start_execution", stateMachineArn=arn, input="{}")["executionArn"]
    settled(lambda: len(api("ListTrainingJobs")["TrainingJobSummaries"]) == 1)
    machines.call("_stop_execution", executionArn=execution)
    settled(lambda: api("DescribeTrainingJob", TrainingJobName="job")["TrainingJobStatus"] == "Stopped")
    settled(lambda: stepfunctions._executions[execution]["events"][-1]["type"] == "ExecutionAborted")
    assert machines.ended(execution)["status"] == "ABORTED"
    assert [item["TrainingJobName"] for item in api("ListTrainingJobs")["TrainingJobSummaries"]] == ["job"]


def test_the_history_says_what_was_called_and_with_what(machines: Machines, integrated: Jobs) -> None:
    assert integrated
    events = _events(machines, _run(machines, {**TRAIN, "TimeoutSeconds": 60})["executionArn"])
    found = {event["type"]: event for event in events}
    kinds = [event["type"].removeprefix("Task") for event in events if event["type"].startswith("Task")]
    assert kinds == ["StateEntered", "Scheduled", "Started", "Submitted", "Succeeded", "StateExited"]
    scheduled = found["TaskScheduled"]["taskScheduledEventDetails"]
    named = {"resourceType": "sagemaker", "resource": "createTrainingJob.sync"}
    assert scheduled == {**named, "region": "us-east-1", "parameters": json.dumps(JOB), "timeoutInSeconds": 60}
    assert found["TaskStarted"]["taskStartedEventDetails"] == named
    submitted = found["TaskSubmitted"]["taskSubmittedEventDetails"]
    assert json.loads(submitted.pop("output"))["TrainingJobArn"].endswith("/job")
    assert submitted == named
    succeeded = found["TaskSucceeded"]["taskSucceededEventDetails"]
    assert json.loads(succeeded["output"])["TrainingJobStatus"] == "Completed"
    assert {name: succeeded[name] for name in named} == named


def test_a_models_endpoint_is_made_and_changed(machines: Machines, integrated: Jobs, api: Api) -> None:
    assert integrated
    container = {"Image": "own", "ModelDataUrl": "s3://bucket/model.tar.gz"}
    variant = {"ModelName": "m", "VariantName": "v", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    state = _task("createModel", ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    assert json.loads(_run(machines, state)["output"])["ModelArn"].endswith(":model/m")
    stepfunctions.reset()
    state = _task("createEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant])
    assert json.loads(_run(machines, state)["output"])["EndpointConfigArn"].endswith("/c")
    assert api("DescribeEndpointConfig", EndpointConfigName="c")["ProductionVariants"][0]["ModelName"] == "m"
    stepfunctions.reset()
    ended = _run(machines, _task("updateEndpoint", EndpointName="none", EndpointConfigName="c"))
    assert ended["error"] == "SageMaker.AmazonSageMakerException"


def _task(action: str, **parameters: object) -> Document:
    return {"Type": "Task", "Resource": f"{HEAD}sagemaker:{action}", "Parameters": parameters, "End": True}


def test_an_api_is_called_by_the_names_of_the_sdk_and_answers_by_them(
    machines: Machines, integrated: Jobs, api: Api
) -> None:
    assert integrated
    api("CreateTrainingJob", **JOB)
    state = {
        "Type": "Task",
        "Resource": f"{HEAD}aws-sdk:sagemaker:describeTrainingJob",
        "Parameters": {"TrainingJobName.$": "$.name"},
        "End": True,
    }
    answer = json.loads(_run(machines, state, {"name": "job"})["output"])
    assert answer["TrainingJobName"] == "job"
    assert answer["CreationTime"].endswith("Z")
    assert "SdkHttpMetadata" not in answer


def test_an_api_that_finds_nothing_is_its_error(machines: Machines, integrated: Jobs) -> None:
    assert integrated
    state = {
        "Type": "Task",
        "Resource": f"{HEAD}aws-sdk:sagemaker:startPipelineExecution",
        "Parameters": {"PipelineName": "none"},
        "End": True,
    }
    ended = _run(machines, state)
    assert ended["error"] == "SageMaker.ResourceNotFoundException"
    assert "(Service: SageMaker, Status Code: 400, Request ID: " in ended["cause"]


def test_all_is_done_as_the_machines_role(machines: Machines, enforced: Callable[[Authority], Jobs]) -> None:
    authority = Authority()
    enforced(authority)
    assert _run(machines, TRAIN)["status"] == "SUCCEEDED"
    rule = f"arn:aws:events:us-east-1:000000000000:rule/{WATCH}"
    job = "arn:aws:sagemaker:us-east-1:000000000000:training-job/job"
    assert set(authority.asked) == {
        ("events:PutTargets", rule),
        ("events:PutRule", rule),
        ("events:DescribeRule", rule),
        ("sagemaker:CreateTrainingJob", job),
        ("sagemaker:AddTags", job),
        ("iam:PassRole", TRAINING["RoleArn"]),
    }


@pytest.mark.parametrize("action", ["sagemaker:CreateTrainingJob", "sagemaker:AddTags", "iam:PassRole"])
def test_a_role_that_lacks_a_permission_fails_the_task(
    machines: Machines, enforced: Callable[[Authority], Jobs], action: str
) -> None:
    enforced(Authority(action))
    ended = _run(machines, TRAIN)
    assert (ended["status"], ended["error"]) == ("FAILED", "SageMaker.AmazonSageMakerException")
    assert action in ended["cause"]
    assert "Error Code: AccessDeniedException" in ended["cause"]


@pytest.mark.parametrize("action", ["events:PutTargets", "events:PutRule", "events:DescribeRule"])
def test_a_machine_that_waits_for_jobs_is_made_only_with_the_rights_to_its_rule(
    machines: Machines, enforced: Callable[[Authority], Jobs], action: str
) -> None:
    enforced(Authority(action))
    definition = json.dumps({"StartAt": "S", "States": {"S": TRAIN}})
    status, _, body = stepfunctions._create_state_machine({"name": "m", "definition": definition, "roleArn": ROLE})
    assert (status, json.loads(body)["__type"]) == (400, "AccessDeniedException")
    assert json.loads(body)["message"] == f"'{ROLE}' is not authorized to create managed-rule."
    assert machines.create("n", {"S": CREATE}, "S")


def test_a_job_goes_on_where_the_role_may_not_stop_it(
    machines: Machines, enforced: Callable[[Authority], Jobs], api: Api, aws: Aws
) -> None:
    workers = enforced(Authority("sagemaker:StopTrainingJob"))
    workers.finish.clear()
    ended = _run(machines, {**TRAIN, "TimeoutSeconds": 1})
    assert ended["error"] == "States.Timeout"
    described = api("DescribeTrainingJob", TrainingJobName="job")
    assert described["TrainingJobStatus"] == "InProgress"
    workers.finish.set()
    aws.tasks.join(described["TrainingJobArn"], 5)

"""SageMaker's service integrations: a Task creates a job, a model or an endpoint, or calls any API of SageMaker's.

With `.sync` a Task ends with its job, whose description it answers as the job's event has it: times in milliseconds and
tags as an object. A job that fails is States.TaskFailed with that description as its cause, and a stop or a timeout of
the Task stops the job. All is done as the machine's role. AWS does not say what becomes of a Task whose job somebody
else has stopped; here it fails, as it has no result to go on with.

- https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
- https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html for `aws-sdk:`
- the role's permissions: https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
- the tags and AWS's words for an API's error: https://github.com/aws/aws-cdk/issues/26012
"""

from __future__ import annotations

import json
import logging
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.model import Shape
from ministack.core.responses import error_response_json
from ministack.services import stepfunctions

from localaws.authorization import check_role
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.hosting.invocation import invoke
from localaws.ministack import objects, scope
from localaws.ministack.patching import Patch
from localaws.ministack_patches.step_functions import tasks
from localaws.ministack_patches.step_functions.integrations import (
    RUNTIME,
    SYNC,
    Integration,
    find_integration,
    request_shape,
    unfit,
    walk,
)
from localaws.ministack_patches.step_functions.roles import role_of
from localaws.operations import SAGEMAKER
from localaws.records.jobs import ENDED
from localaws.shapes import project, service_model

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Function = Callable[..., Any]

PRINCIPAL = "states.amazonaws.com"
_PERIOD = 0.1  # seconds between two looks at a job
_MANAGED = {"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"}
_EXECUTION_TAG = "AWS_STEP_FUNCTIONS_EXECUTION_ARN"
# What `.sync` needs a rule of EventBridge's for, which Step Functions makes as the machine's role.
_RULES = {
    "createTrainingJob": "TrainingJobs",
    "createTransformJob": "TransformJobs",
    "createProcessingJob": "ProcessingJobs",
    "createHyperParameterTuningJob": "TuningJobs",
}
_RULE_ACTIONS = ("events:PutTargets", "events:PutRule", "events:DescribeRule")


def patch(aws: Aws) -> Patch:
    """Run these integrations on our SageMaker, and ask for the rights to their rules where IAM is enforced."""
    return Patch(
        replaces={
            stepfunctions: {
                "_invoke_aws_sdk_integration": partial(_calling_sdk, aws),
                "_invoke_resource": partial(_calling, aws),
                "_invoke_resource_with_timeout": partial(_calling_in_time, aws),
            }
        },
        enforced={
            stepfunctions: {
                "_create_state_machine": partial(_asking_for_rules, aws),
                "_update_state_machine": partial(_asking_for_rules, aws),
            }
        },
        reads={
            stepfunctions: (
                *("_ExecutionError", "_add_event", "_sdk_json_param_value", "_sdk_json_value", "_state_machines"),
                "_validate_definition_jsonata",
            )
        },
        after=("step_functions.tasks", "step_functions.integrations", "step_functions.roles"),
    )


@dataclass(frozen=True)
class Job:
    """How SageMaker's API names the operations and members of one kind of job."""

    stem: str  # such as TrainingJob

    @property
    def name(self) -> str:
        """The member with its name."""
        return f"{self.stem}Name"

    @property
    def status(self) -> str:
        """The member with its status."""
        return f"{self.stem}Status"


def _calling(aws: Aws, original: Function) -> Function:
    def invoke_or_call(resource: str, given: Any) -> Any:  # noqa: ANN401 - JSON of any type
        integration = find_integration(resource)
        if integration is None or integration.sdk or integration.service != "sagemaker":
            return original(resource, given)
        return _run(aws.in_region(scope.region()), integration, given, None)

    return invoke_or_call


def _calling_in_time(aws: Aws, original: Function) -> Function:
    def invoke_or_call(resource: str, given: Any, seconds: float) -> Any:  # noqa: ANN401
        integration = find_integration(resource)
        if integration is None or integration.service != "sagemaker" or integration.pattern != SYNC:
            return original(resource, given, seconds)
        return _run(aws.in_region(scope.region()), integration, given, seconds)

    return invoke_or_call


def _calling_sdk(aws: Aws, original: Function) -> Function:
    def invoke_or_call(resource: str, given: Any) -> Any:  # noqa: ANN401
        integration, here = find_integration(resource), aws.in_region(scope.region())
        if integration is not None and integration.service == RUNTIME:
            return _invoke_endpoint(here, integration, given or {})
        if integration is None or integration.service != "sagemaker":
            return original(resource, given)
        output = service_model().operation_model(integration.operation).output_shape
        answer = _call(here, integration, given or {})
        return stepfunctions._sdk_json_value(answer, output) if output else {}

    return invoke_or_call


def _run(aws: Aws, integration: Integration, given: Any, seconds: float | None) -> Document:  # noqa: ANN401
    """Create what an optimized integration creates, and wait for the job's end where it says so."""
    deadline = None if seconds is None else time.monotonic() + float(seconds)
    answer = _call(aws, integration, given)
    metadata = {"SdkHttpMetadata": {"HttpStatusCode": 200}, "SdkResponseMetadata": {"RequestId": str(uuid.uuid4())}}
    answer = {**metadata, **answer}
    task = tasks.current.get()
    if integration.pattern != SYNC or task is None:
        return answer
    said = {"resourceType": integration.kind, "resource": integration.name, "output": json.dumps(answer)}
    stepfunctions._add_event(task.execution, "TaskSubmitted", {"taskSubmittedEventDetails": said})
    job = Job(integration.operation.removeprefix("Create"))
    return _wait(aws, task, job, given[job.name], deadline)


def _wait(aws: Aws, task: tasks.Task, job: Job, name: str, deadline: float | None) -> Document:
    named = {job.name: name}
    while True:
        found = project(f"Describe{job.stem}", SAGEMAKER.call(aws, f"Describe{job.stem}", named))
        if found[job.status] in ENDED:
            break
        if task.stopped:
            _stop(aws, task, job, name)
            raise tasks.aborted()
        if deadline is not None and time.monotonic() > deadline:
            _stop(aws, task, job, name)
            raise stepfunctions._ExecutionError(
                "States.Timeout", f"Task timed out after {task.state['TimeoutSeconds']} seconds"
            )
        if aws.stopping.wait(_PERIOD):
            raise stepfunctions._ExecutionError(tasks.RESTARTED, "Execution was running when service restarted")
    described = _as_event(aws, job, found)
    if found[job.status] != "Completed":
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(described))
    return described


def _stop(aws: Aws, task: tasks.Task, job: Job, name: str) -> None:
    """Stop a job; where it has just ended, or the role may not, it is left."""
    try:
        SAGEMAKER.call(aws, f"Stop{job.stem}", {job.name: name}, _as_role(aws, task))
    except AwsError as error:
        logger.warning("%s was not stopped with its execution: %s", name, error.message)


def _as_event(aws: Aws, job: Job, found: Document) -> Document:
    """A description as the job's event has it."""
    shape = service_model().operation_model(f"Describe{job.stem}").output_shape
    listed = SAGEMAKER.call(aws, "ListTags", {"ResourceArn": found[f"{job.stem}Arn"]}).get("Tags", [])
    described: Document = _in_milliseconds(shape, found)
    return {**described, "Tags": {tag["Key"]: tag["Value"] for tag in listed}}


def _in_milliseconds(shape: Shape, value: Any) -> Any:  # noqa: ANN401
    if shape.type_name == "structure" and isinstance(value, dict):
        return {name: _in_milliseconds(shape.members[name], item) for name, item in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_in_milliseconds(shape.member, item) for item in value]
    if shape.type_name == "timestamp" and isinstance(value, int | float):
        return round(value * 1000)
    return value


def _as_role(aws: Aws, task: tasks.Task | None) -> Callable[..., None]:
    role = role_of(task.execution) if task else ""
    return lambda operation, request: check_role(aws, role, operation, request, PRINCIPAL)


def _call(aws: Aws, integration: Integration, given: Any) -> Document:  # noqa: ANN401
    """Call the integration's operation as the machine's role; its answer, with the operation's members alone."""
    task = tasks.current.get()
    operation, shape = integration.operation, request_shape(integration)
    _check_fit(integration, given, task)
    request = stepfunctions._sdk_json_param_value(given, shape) if integration.sdk else dict(given)
    for name, member in shape.members.items():
        if "idempotencyToken" in member.metadata:
            request.setdefault(name, secrets.token_hex(16))
    if integration.pattern == SYNC and task:
        execution = {"Key": _EXECUTION_TAG, "Value": task.execution["executionArn"]}
        request["Tags"] = [*request.get("Tags", []), _MANAGED, execution]
    try:
        return project(operation, SAGEMAKER.call(aws, operation, request, _as_role(aws, task)))
    except AwsError as error:
        raise _failure(integration, error) from error


def _check_fit(integration: Integration, given: Any, task: tasks.Task | None) -> None:  # noqa: ANN401
    problems = unfit(integration, given)
    if problems:
        name = ((task.context if task else {}).get("State") or {}).get("Name", "")
        entered = _entered(task, name)
        raise stepfunctions._ExecutionError(
            "States.Runtime",
            f"An error occurred while executing the state '{name}' (entered at the event id #{entered}). The "
            f"Parameters '{json.dumps(given)}' could not be used to start the Task: [{'; '.join(problems)}]",
        )


def _entered(task: tasks.Task | None, name: str) -> int:
    events = task.execution["events"] if task else []
    entered = [event["id"] for event in events if event.get("stateEnteredEventDetails", {}).get("name") == name]
    return entered[-1] if entered else 0


def _failure(integration: Integration, error: AwsError) -> Exception:
    """An API's error as Java's SDK names it, of version 1 for optimized integrations and 2 for `aws-sdk:`."""
    modelled = {shape.name for shape in service_model().operation_model(integration.operation).error_shapes}
    if error.code in modelled:
        name = error.code if error.code.endswith("Exception") else f"{error.code}Exception"
    else:
        name = "SageMakerException" if integration.sdk else "AmazonSageMakerException"
    request = uuid.uuid4()
    if integration.sdk:
        said = f"(Service: SageMaker, Status Code: {error.status}, Request ID: {request})"
    else:
        said = (
            f"(Service: AmazonSageMaker; Status Code: {error.status}; Error Code: {error.code}; Request ID: {request}; "
            "Proxy: null)"
        )
    failure: Exception = stepfunctions._ExecutionError(f"SageMaker.{name}", f"{error.message} {said}")
    return failure


_HEADERS = {
    "ContentType": "content-type",
    "Accept": "accept",
    "CustomAttributes": "x-amzn-sagemaker-custom-attributes",
    "InferenceId": "x-amzn-sagemaker-inference-id",
    "TargetVariant": "x-amzn-sagemaker-target-variant",
    "TargetContainerHostname": "x-amzn-sagemaker-target-container-hostname",
}


def _invoke_endpoint(aws: Aws, integration: Integration, given: Document) -> Document:
    """Ask an endpoint, as the machine's role; a body is text."""
    task = tasks.current.get()
    _check_fit(integration, given, task)
    endpoint = given["EndpointName"]
    if aws.authority:
        role, resource = role_of(task.execution) if task else "", aws.arn("endpoint", endpoint.lower())
        try:
            aws.authority.check(role, "sagemaker:InvokeEndpoint", resource, service=PRINCIPAL)
        except AwsError as error:
            raise _runtime_failure("SageMakerRuntimeException", error.message, error.status) from error
    headers = {header: str(given[name]) for name, header in _HEADERS.items() if name in given}
    answer = objects.wait_for(invoke(aws, endpoint, headers, given["Body"].encode()))
    content = answer.body.decode("utf-8", errors="replace")
    if answer.status != 200:
        code = answer.headers.get("x-amzn-errortype", "")
        name = {"ValidationError": "ValidationErrorException", "ModelError": "ModelErrorException"}.get(code)
        raise _runtime_failure(name or "SageMakerRuntimeException", json.loads(content)["Message"], answer.status)
    shape = service_model("sagemaker-runtime").operation_model(integration.operation).output_shape
    said = {name.lower(): value for name, value in answer.headers.items()}
    places = {name: member.serialization.get("name", "").lower() for name, member in shape.members.items()}
    return {"Body": content} | {name: said[place] for name, place in places.items() if place in said}


def _runtime_failure(name: str, message: str, status: int) -> Exception:
    words = f"{message} (Service: SageMakerRuntime, Status Code: {status}, Request ID: {uuid.uuid4()})"
    failure: Exception = stepfunctions._ExecutionError(f"SageMakerRuntime.{name}", words)
    return failure


def _asking_for_rules(aws: Aws, original: Function) -> Function:
    """A machine with `.sync` is made by who may make its rule; AWS answers so before there is a machine."""

    def ask_and_keep(request: Document) -> Any:  # noqa: ANN401 - MiniStack's answer
        known = stepfunctions._state_machines.get(request.get("stateMachineArn")) or {}
        text = request.get("definition", known.get("definition"))
        role = request.get("roleArn", known.get("roleArn", ""))
        if aws.authority and not stepfunctions._validate_definition_jsonata(text):
            for rule in sorted(_rules(text)):
                arn = f"arn:aws:events:{scope.region()}:{aws.settings.account}:rule/{rule}"
                try:
                    for action in _RULE_ACTIONS:
                        aws.authority.check(role, action, arn, service=PRINCIPAL)
                except AwsError:
                    words = f"'{role}' is not authorized to create managed-rule."
                    return error_response_json("AccessDeniedException", words, 400)
        return original(request)

    return ask_and_keep


def _rules(text: object) -> set[str]:
    if not isinstance(text, str):
        return set()
    found = (find_integration(state.get("Resource")) for _, state in walk(json.loads(text), ""))
    return {
        f"StepFunctionsGetEventsForSageMaker{_RULES[one.action]}Rule"
        for one in found
        if one and one.service == "sagemaker" and one.pattern == SYNC
    }

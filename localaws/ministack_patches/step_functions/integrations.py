"""What a Task's Resource may name: what runs here, what AWS refuses, and what is refused as not emulated.

MiniStack finds out when the state runs. AWS refuses a definition that names an integration that is not there, or a
member that the API's request does not have.

- The patterns of each service: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
- SageMaker's APIs: https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
- AWS's words: https://github.com/aws/aws-step-functions-data-science-sdk-python/issues/200 for members
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import Shape
from ministack.core import responses
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from localaws.aws import Aws
from localaws.ministack.patching import Patch
from localaws.operations import SAGEMAKER
from localaws.shapes import service_model

Document = dict[str, Any]
Validate = Callable[[Any], str | None]

SYNC, TOKEN = "sync", "waitForTaskToken"
RUNTIME = "sagemakerruntime"
MODELS = {"sagemaker": "sagemaker", RUNTIME: "sagemaker-runtime", "lambda": "lambda"}
"""botocore's names of the services whose requests are held against their models."""
_MACHINE = "AWS::StepFunctions::StateMachine"
_INVALID = "Invalid State Machine Definition: '"
_INTEGRATION = re.compile(
    r"arn:aws[a-z-]*:states:::(?P<sdk>aws-sdk:)?(?P<service>[a-z0-9-]+):(?P<action>\w+)"
    r"(?:\.(?P<pattern>sync|waitForTaskToken)(?::(?P<version>2))?)?"
)
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[^:]*:[^:]*:.+")
# The optimized integrations that run here, with their patterns beside Request Response.
OPTIMIZED: dict[str, tuple[str, ...]] = {
    "lambda:invoke": (TOKEN,),
    "states:startExecution": (SYNC, TOKEN),
    "sqs:sendMessage": (TOKEN,),
    "sns:publish": (TOKEN,),
    "events:putEvents": (TOKEN,),
    "ecs:runTask": (SYNC, TOKEN),
    **dict.fromkeys((f"dynamodb:{verb}Item" for verb in ("get", "put", "update", "delete")), ()),
    **dict.fromkeys(
        (f"sagemaker:create{kind}Job" for kind in ("Training", "Transform", "Processing", "HyperParameterTuning")),
        (SYNC,),
    ),
    **dict.fromkeys(
        (
            f"sagemaker:{action}"
            for action in ("createModel", "createEndpointConfig", "createEndpoint", "updateEndpoint")
        ),
        (),
    ),
}
_NOT_EMULATED = {"sagemaker:createLabelingJob": (SYNC,)}
_SERVICES = re.compile(  # of AWS's optimized integrations
    "apigateway|athena|batch|bedrock|codebuild|databrew|dynamodb|ecs|eks|elasticmapreduce|emr-containers|emr-serverless|"
    "events|glue|http|lambda|mediaconvert|sns|sqs|states"
)
_CONTAINERS = ("ItemProcessor", "Iterator")
_KINDS = {
    "string": "a STRING",
    "blob": "a STRING",
    "integer": "an INTEGER",
    "long": "a LONG",
    "boolean": "a BOOLEAN",
    "list": "an array",
}
_TYPES: dict[str, tuple[type, ...]] = {
    **{"string": (str,), "blob": (str,), "integer": (int,), "long": (int,), "float": (int, float)},
    **{"double": (int, float), "boolean": (bool,), "list": (list,), "map": (dict,), "structure": (dict,)},
}


@dataclass(frozen=True)
class Integration:
    """A service integration, as a Task's Resource names it; `pattern` is empty for Request Response."""

    resource: str
    service: str
    action: str
    pattern: str
    sdk: bool

    @property
    def operation(self) -> str:
        """The API's own name of the action."""
        return self.action[0].upper() + self.action[1:]

    @property
    def kind(self) -> str:
        """What the history calls the resource's type, such as sagemaker or aws-sdk:sagemaker."""
        return f"aws-sdk:{self.service}" if self.sdk else self.service

    @property
    def name(self) -> str:
        """What the history calls the resource, such as createTrainingJob.sync."""
        return self.resource.removeprefix(self.resource.partition(":states:::")[0]).removeprefix(
            f":states:::{self.kind}:"
        )


def find_integration(resource: object) -> Integration | None:
    """The integration that a Task names; None for functions and activities."""
    found = _INTEGRATION.fullmatch(resource) if isinstance(resource, str) else None
    if found is None:
        return None
    return Integration(found[0], found["service"], found["action"], found["pattern"] or "", bool(found["sdk"]))


def patch(_: Aws) -> Patch:
    """Hold what Tasks name against what there is, where a machine is created or updated, by a stack too."""
    return Patch(
        replaces={
            stepfunctions: {
                "_create_state_machine": _creating,
                "_validate_definition_jsonata": _validating,
                "_validate_state_machine_definition": _diagnosing,
            }
        },
        reads={
            responses: ("_service_model",),
            stepfunctions: ("_AWS_SDK_SERVICE_MAP", "_api_name_to_sfn_key", "error_response_json", "json_response"),
            provisioners: ("_sfn_definition",),
        },
        handlers={(_MACHINE, "create"): _provisioning},
        after=("step_functions.limits",),
    )


def _validating(original: Validate) -> Validate:
    def validate(text: Any) -> str | None:  # noqa: ANN401 - what a client sent
        words = original(text)
        if words is None and isinstance(text, str):
            words = next(problems(json.loads(text)), None)
        return words and f"{_INVALID}{words}'"

    return validate


def _creating(create: Callable[[Document], Any]) -> Callable[[Document], Any]:
    """An Express machine waits for no job, callback or activity; its type is not changed later."""

    def check_and_create(request: Document) -> Any:  # noqa: ANN401 - MiniStack's answer
        text = request.get("definition")
        express = request.get("type") == "EXPRESS" and isinstance(text, str)
        if express and not stepfunctions._validate_definition_jsonata(text):
            words = next(_express_problems(json.loads(str(text))), None)
            if words:
                return stepfunctions.error_response_json("InvalidDefinition", f"{_INVALID}{words}'", 400)
        return create(request)

    return check_and_create


def _express_problems(definition: Document) -> Iterator[str]:
    for place, state in walk(definition, ""):
        resource = state.get("Resource", "") if state.get("Type") == "Task" else ""
        integration = find_integration(resource)
        head = "SCHEMA_VALIDATION_FAILED: Express state machine does not support"
        if integration is not None and integration.pattern:
            yield f"{head} '.{integration.pattern}' service integration at {place}/Resource"
        elif ":activity:" in resource:
            yield f"{head} Activity ARN at {place}/Resource"


def _diagnosing(_: Callable[[Document], Any]) -> Callable[[Document], Any]:
    """ValidateStateMachineDefinition, which says what CreateStateMachine would refuse; MiniStack's finds nothing."""

    def diagnose(request: Document) -> Any:  # noqa: ANN401 - MiniStack's answer
        said = stepfunctions._validate_definition_jsonata(request.get("definition"))
        if not said:
            return stepfunctions.json_response({"result": "OK", "diagnostics": [], "truncated": False})
        code, _, words = said.removeprefix(_INVALID).removesuffix("'").partition(": ")
        message, _, place = words.rpartition(" at ")
        found = {"severity": "ERROR", "code": code, "message": message or words, "location": place}
        return stepfunctions.json_response({"result": "FAIL", "diagnostics": [found], "truncated": False})

    return diagnose


def _provisioning(create: Callable[..., Any]) -> Callable[..., Any]:
    def provision(logical_id: str, properties: Document, stack: str) -> Any:  # noqa: ANN401 - MiniStack's answer
        invalid = stepfunctions._validate_definition_jsonata(provisioners._sfn_definition(properties))
        if invalid:
            raise ValueError(invalid)
        return create(logical_id, properties, stack)

    return provision


def problems(definition: Document) -> Iterator[str]:
    """What AWS refuses in the Tasks of a state machine, in its words."""
    for place, state in walk(definition, ""):
        if state.get("Type") == "Task":
            yield from _problems_of(state, place)


def walk(machine: Document, place: str) -> Iterator[tuple[str, Document]]:
    """Every state, with its place such as `/States/Train`; those within a Parallel or Map after it."""
    for name, state in machine["States"].items():
        here = f"{place}/States/{name}"
        yield here, state
        for index, branch in enumerate(state.get("Branches") or []):
            yield from walk(branch, f"{here}/Branches[{index}]")
        for member in _CONTAINERS:
            if isinstance(state.get(member), dict):
                yield from walk(state[member], f"{here}/{member}")


def _problems_of(state: Document, place: str) -> Iterator[str]:
    resource = state.get("Resource")
    if not isinstance(resource, str) or not _ARN.fullmatch(resource):
        yield f"SCHEMA_VALIDATION_FAILED: Value is not a valid resource ARN at {place}/Resource"
        return
    if ":states:::" not in resource:
        return
    integration = find_integration(resource)
    refusal = _refusal(resource, integration)
    if refusal:
        yield f"SCHEMA_VALIDATION_FAILED: {refusal} at {place}/Resource"
    elif integration and integration.service in MODELS:
        member = "Arguments" if "Arguments" in state else "Parameters"
        for words in missing_or_unknown(integration, state.get(member)):  # without any, it is the state's input
            yield f"SCHEMA_VALIDATION_FAILED: {words} at {place}/{member}"


def _refusal(resource: str, integration: Integration | None) -> str | None:
    """Why an integration cannot be had: AWS's sentence, or ours where AWS has it."""
    unknown = (
        f"The resource provided {resource} is not recognized. The value is not a valid resource ARN, or the resource "
        "is not available in this region."
    )
    if integration is None:
        return unknown
    ours = f"The local AWS does not emulate {resource}; docs/local-aws.md lists what it does"
    if integration.sdk:
        return _sdk_refusal(integration, unknown, ours)
    action = f"{integration.service}:{integration.action}"
    if action in OPTIMIZED:
        return None if integration.pattern in ("", *OPTIMIZED[action]) else unknown
    if integration.pattern in ("", *_NOT_EMULATED.get(action, ())) and action in _NOT_EMULATED:
        return ours
    return ours if _SERVICES.fullmatch(integration.service) else unknown


def _sdk_refusal(integration: Integration, unknown: str, ours: str) -> str | None:
    known = _sdk_operations(integration.service)
    if integration.pattern == SYNC or (known is not None and integration.operation not in known):
        return unknown
    emulated = {"sagemaker": SAGEMAKER.operations, RUNTIME: ("InvokeEndpoint",)}.get(integration.service, known)
    return ours if emulated is None or integration.operation not in emulated else None


def _sdk_operations(service: str) -> set[str] | None:
    """The operations that the SDK has of a service; None for a service that does not run here."""
    if service in MODELS:
        return set(service_model(MODELS[service]).operation_names)
    known = stepfunctions._AWS_SDK_SERVICE_MAP.get(service)
    model = known and responses._service_model(known.get("service_key", service))
    if not model:
        return None
    return {named for name in model.operation_names for named in (name, stepfunctions._api_name_to_sfn_key(name))}


def missing_or_unknown(integration: Integration, parameters: object) -> Iterator[str]:
    """Members that the API's request does not have, or that it lacks; a path or an expression may be any of them."""
    shape = request_shape(integration)
    if not isinstance(parameters, dict):
        return
    given = {name.removesuffix(".$") for name in parameters}
    for name in shape.required_members:
        if name not in given and "idempotencyToken" not in shape.members[name].metadata:
            if integration.sdk and stepfunctions._api_name_to_sfn_key(name) in given:
                continue
            yield f'The field "{name}" is required but was missing'
    for name in _unknown(shape, parameters, integration.sdk):
        yield f'The field "{name}" is not supported by Step Functions'


def unfit(integration: Integration, parameters: Document) -> list[str]:
    """Why the values of a state's parameters cannot be sent to the API, as the state's failure lists them."""
    return [
        *missing_or_unknown(integration, parameters),
        *_mistyped(request_shape(integration), parameters, "", integration.sdk),
    ]


def request_shape(integration: Integration) -> Any:  # noqa: ANN401 - botocore's StructureShape
    """The shape of the request that an integration of SageMaker sends."""
    return service_model(MODELS[integration.service]).operation_model(integration.operation).input_shape


def members_by_name(shape: Shape, sdk: bool) -> Mapping[str, Shape]:
    """The members of a structure by the names that Parameters may have for them."""
    named: dict[str, Shape] = dict(shape.members)
    if sdk:
        named |= {stepfunctions._api_name_to_sfn_key(name): member for name, member in shape.members.items()}
    return named


def _unknown(shape: Shape, value: Any, sdk: bool) -> Iterator[str]:  # noqa: ANN401 - JSON of any type
    if shape.type_name == "structure" and isinstance(value, dict):
        members = members_by_name(shape, sdk)
        for name, item in value.items():
            member = members.get(name.removesuffix(".$"))
            if member is None:
                yield name.removesuffix(".$")
            elif not name.endswith(".$"):
                yield from _unknown(member, item, sdk)
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            yield from _unknown(shape.member, item, sdk)


def _mistyped(shape: Shape, value: Any, name: str, sdk: bool) -> Iterator[str]:  # noqa: ANN401
    if shape.type_name == "timestamp":
        return
    allowed: tuple[Any, ...] = _TYPES[shape.type_name]
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        yield f"The value for the field '{name}' must be {_KINDS.get(shape.type_name, 'an object')}"
    elif shape.type_name == "structure":
        members = members_by_name(shape, sdk)
        for key, item in value.items():
            if key in members and item is not None:
                yield from _mistyped(members[key], item, key, sdk)
    elif shape.type_name == "list":
        for item in value:
            yield from _mistyped(shape.member, item, name, sdk)
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _mistyped(shape.value, item, key, sdk)

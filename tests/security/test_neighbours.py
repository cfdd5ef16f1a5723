"""Two projects of one account: no role of `scones` reaches what belongs to a project whose name starts the same.

Everything that a neighbour's stack makes, and what its pipelines and functions make later, is held against every action
that a role of `scones` has. What AWS offers no resource for is left out, and named below where it changes something.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import parliament
import pytest

from localaws.stacks.names import arns
from localaws.stacks.resource import Resource
from seedcode.stack import spec
from seedcode.stack.template import load
from tests.contract.stack.deployment import KNOWN, SETTINGS, own
from tests.contract.stack.policies import as_list
from tests.contract.stack.resolve import ACCOUNT, REGION, Stack
from tests.contract.stack.variants import CODE, VARIANTS
from tests.rehearsal import people

NEIGHBOURS = ("scones-prod", "scones-training", "scones2", "scones-v2", "sconesbulk", "scones--x")
# Names that a wildcard could match: no project may have them.
REFUSED = ("scones-vehicles", "scones-vehicles-v2", "scones-vehicles-baseline-x", "scones-bulk", "scones-templates")
GITHUB = {**CODE, "SourceProvider": "GITHUB_ACTIONS", "GitHubRepository": "bakery/scones"}
# Everything that the template can create is in one of these.
STACKS = {
    "codecommit": {
        **CODE,
        "SubnetIds": "subnet-1a2b3c4d",
        "SecurityGroupIds": "sg-1a2b3c4d",
        "LayerKey": "code/layers/0123456789abcdef.zip",
        "NotificationEmail": "baker@example.com",
        "MonthlyBudgetUsd": "100",
    },
    "codecommit within a boundary": {**CODE, "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/boundary"},
    "connection": VARIANTS["connection"],
    "github": {**GITHUB, "MonitoringBackend": "MODEL_MONITOR"},
}

# What a service names itself, or asks about under no name of ours, with the reason why a role needs it all the same.
LIMITS_OF_AWS = {
    ("sagemaker", "processing-job/pipelines-"): "SageMaker names a pipeline's jobs, all of an account alike",
    ("sagemaker", "training-job/pipelines-"): "SageMaker names a pipeline's jobs, all of an account alike",
    ("sagemaker", "hyper-parameter-tuning-job/"): "SageMaker names an execution's search",
    ("sagemaker", "endpoint-config/"): "application-autoscaling asks for one of a random name (DescribeEndpointConfig)",
    ("logs", "log-group:/aws/sagemaker/ProcessingJobs"): "SageMaker has one log group for all jobs of an account",
    ("logs", "log-group:/aws/sagemaker/TrainingJobs"): "SageMaker has one log group for all jobs of an account",
    (
        "application-autoscaling",
        "scalable-target/",
    ): "AWS names a target; it registers one only for who may scale by hand",
}
READS_OF_ALL = {"cloudwatch:DescribeAlarms"}  # application-autoscaling checks its caller, and names none
# What changes something and has no resource at all: traces, metrics (by a condition on their namespace), log delivery.
WRITING_WITHOUT_RESOURCE = {
    "cloudwatch:PutMetricData",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "sns:SetSubscriptionAttributes",  # a person's update only
    "sns:Unsubscribe",  # a person's update only
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


@cache
def _stack(name: str, project: str = "scones") -> Stack:
    return Stack(load(), {**STACKS[name], "SageMakerProjectName": project})


CASES = [(name, role) for name in STACKS for role in _stack(name).of_type("AWS::IAM::Role")]


@cache
def _actions() -> dict[str, dict[str, Any]]:
    """AWS's own list of actions by their full names."""
    path = Path(parliament.__file__).with_name("iam_definition.json")
    services = json.loads(path.read_text(encoding="utf-8"))
    return {f"{one['prefix']}:{action['privilege']}": action for one in services for action in one["privileges"]}


def _has_no_resource(action: str) -> bool:
    listed = _actions().get(action, {"resource_types": [{"resource_type": "any"}]})["resource_types"]
    return all(not one["resource_type"] for one in listed)


@cache
def _owned(neighbour: str) -> frozenset[str]:
    """ARNs of everything that a neighbour owns."""
    found = set(_made_later(neighbour))
    for name in STACKS:
        for logical_id, entry in _stack(name, neighbour).resources.items():
            made = str(_stack(name, neighbour).resolve({"Ref": logical_id}))
            resource = Resource(entry["Type"], neighbour, logical_id, made, new=entry.get("Properties", {}))
            if not entry["Type"].startswith(("Custom::", "AWS::KMS::Key", "AWS::KMS::Alias", "AWS::IAM::OIDC")):
                found |= set(arns(SETTINGS, resource))
    return frozenset(found - {"*"})


@cache
def _owned_in(service: str) -> tuple[str, ...]:
    """Those in a service that any neighbour owns."""
    return tuple(arn for neighbour in NEIGHBOURS for arn in _owned(neighbour) if arn.split(":")[2] == service)


def _made_later(neighbour: str) -> Iterator[str]:
    """What pipelines, functions and people create under the neighbour's names."""
    bucket = f"arn:aws:s3:::{neighbour}-{ACCOUNT}-{REGION}"
    for place in ("code/a.zip", "runs/1/model.tar.gz", "raw/a.png", "curated/.keep", "incoming/a.png", "bulk/1.json"):
        yield f"{bucket}/{place}"
    yield from (f"arn:aws:s3:::{neighbour}-templates-{ACCOUNT}-{REGION}{rest}" for rest in ("", "/template"))
    for service, rest in (
        ("kms", f"alias/{neighbour}"),
        ("ecr", f"repository/{neighbour}"),
        ("codecommit", neighbour),
        ("codebuild", f"project/{neighbour}-build"),
        ("codebuild", f"project/{neighbour}-pull-request"),
        ("cloudformation", f"stack/{neighbour}/1"),
        ("cloudwatch", f"alarm:TargetTracking-endpoint/{neighbour}-vehicles/variant/live-AlarmHigh-1"),
        ("cloudwatch", f"alarm:{neighbour}-vehicles-drift"),
        ("logs", f"log-group:/aws/sagemaker/Endpoints/{neighbour}-vehicles:log-stream:one"),
        ("states", f"execution:{neighbour}-bulk-inference:one"),
        ("states", f"execution:{neighbour}-bulk-inference/ClassifyPictures:one"),
        ("states", f"mapRun:{neighbour}-bulk-inference/ClassifyPictures:one"),
        ("states", f"stateMachine:{neighbour}-inference:live"),
        ("states", f"stateMachine:{neighbour}-bulk-inference:1"),
        ("sagemaker", f"endpoint/{neighbour}-vehicles"),
        ("sagemaker", f"endpoint-config/{neighbour}-vehicles-v1-0a1b"),
        ("sagemaker", f"model/{neighbour}-vehicles-v1-0a1b"),
        ("sagemaker", f"model-package/{neighbour}-vehicles/1"),
        ("sagemaker", f"monitoring-schedule/{neighbour}-vehicles-drift"),
        ("sagemaker", f"processing-job/{neighbour}-vehicles-baseline-1"),
        ("sagemaker", f"processing-job/{neighbour}-anything"),
        ("sagemaker", f"training-job/{neighbour}-anything"),
        ("sagemaker", f"pipeline/{neighbour}-training"),
        ("sagemaker", f"pipeline/{neighbour}-training/execution/1"),
        ("sagemaker", f"pipeline/{neighbour}-monitoring"),
    ):
        yield f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"
    for group in (f"/aws/lambda/{neighbour}-ingest-image", f"/aws/codebuild/{neighbour}-build"):
        for rest in ("", ":*", ":log-stream:", ":log-stream:one"):
            yield f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}{rest}"


@pytest.mark.parametrize(("name", "role"), CASES)
def test_no_role_reaches_what_belongs_to_a_project_whose_name_begins_likewise(name: str, role: str) -> None:
    """Conditions are taken to hold, as they name no resource: what a statement's patterns match is reached."""
    reached = {
        (statement["Sid"], action, arn)
        for policy in own(_stack(name), role)
        for statement in policy.statements
        if statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
        if not _has_no_resource(action) and action not in READS_OF_ALL
        for pattern in as_list(statement["Resource"])
        if not _is_limit_of_aws(pattern)
        for arn in _owned_in(action.partition(":")[0])
        if fnmatchcase(arn, pattern)
    }
    assert reached == set()


CHAPTERS = (
    "who-deploys-for-the-first-time",
    "who-deploys-again",
    "who-runs-and-approves",
    "who-takes-it-down",
    "who-views",
)
# Calls that name no alarm concern all of them; they read, and change nothing.
READ_BY_PEOPLE = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:*"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_person_s_policy_reaches_it_either(chapter: str) -> None:
    found = people.policies(people.PAGE.read_text(encoding="utf-8"), chapter, load(), KNOWN)
    reached = {
        (statement["Sid"], pattern)
        for statement in [statement for policy in found for statement in policy["Statement"]]
        for pattern in as_list(statement["Resource"])
        if pattern not in ("*", READ_BY_PEOPLE) and not _is_limit_of_aws(pattern)
        for neighbour in NEIGHBOURS
        if any(fnmatchcase(arn, pattern) for arn in _owned(neighbour))
    }
    assert reached == set()


def _is_limit_of_aws(pattern: str) -> bool:
    parts = pattern.split(":", 5)
    return len(parts) == 6 and any(parts[2] == of and parts[5].startswith(rest) for of, rest in LIMITS_OF_AWS)


def test_what_aws_has_no_resource_for_is_known_and_changes_nothing_of_a_neighbour_s() -> None:
    found = {
        action
        for name, role in CASES
        for policy in own(_stack(name), role)
        for statement in policy.statements
        if statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
        if _has_no_resource(action) and _actions()[action]["access_level"] not in ("Read", "List")
    }
    assert found == WRITING_WITHOUT_RESOURCE


def test_a_push_takes_away_nobody_s_subscription() -> None:
    for name in STACKS:
        statements = [statement for policy in own(_stack(name), "DeployRole") for statement in policy.statements]
        actions = {action for statement in statements for action in as_list(statement["Action"])}
        assert not {action for action in actions if "ubscri" in action and not action.startswith("sns:List")}


def test_each_limit_of_aws_is_met_still() -> None:
    patterns = {
        pattern
        for name, role in CASES
        for policy in own(_stack(name), role)
        for statement in policy.statements
        for pattern in as_list(statement["Resource"])
    }
    used = {
        (of, rest) for of, rest in LIMITS_OF_AWS for pattern in patterns if f":{of}:" in pattern and rest in pattern
    }
    assert used == set(LIMITS_OF_AWS)


@pytest.mark.parametrize("project", REFUSED)
def test_a_project_is_not_called_what_another_project_s_resources_are(project: str) -> None:
    assert spec.find_faults(load(), {"SageMakerProjectName": project})


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_the_neighbours_that_are_tried_are_projects_and_have_names_of_their_own(neighbour: str) -> None:
    given: Mapping[str, str] = {"SageMakerProjectName": neighbour}
    assert spec.find_faults(load(), given) == []
    assert not {arn for arn in _owned(neighbour) if arn in _owned("scones") and "oidc" not in arn}


def test_resources_of_other_services_policies_let_in_this_project_s_only() -> None:
    """Who may write into the queue, and whose logs the key encrypts, is named as well."""
    stack = _stack("codecommit")
    queue = stack.of_type("AWS::SQS::QueuePolicy")["DeadLettersPolicy"]["PolicyDocument"]["Statement"][0]
    rules = queue["Condition"]["ArnLike"]["aws:SourceArn"]
    key = stack.of_type("AWS::KMS::Key")["Key"]["KeyPolicy"]["Statement"]
    [logs] = [one for one in key if one["Sid"] == "LogsOfThisProject"]
    groups = logs["Condition"]["StringEquals"]["kms:EncryptionContext:aws:logs:arn"]
    patterns = [*as_list(rules), *as_list(groups)]
    reached = {
        arn for neighbour in NEIGHBOURS for arn in _owned(neighbour) for one in patterns if fnmatchcase(arn, one)
    }
    assert reached == set()
    own_ = {arn for arn in _owned("scones") if arn.startswith(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/")}
    assert own_ <= set(as_list(rules))

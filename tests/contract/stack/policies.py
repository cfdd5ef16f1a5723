"""Every policy document of the template, and what parliament (AWS's actions, resources, conditions as data) says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import parliament

from tests.contract.stack.handlers import read_schema
from tests.contract.stack.resolve import Stack

# Where each type keeps its policy: what a role may do, who may take it, or who may touch a resource.
_RESOURCE_POLICIES = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
}
IDENTITY, TRUST, RESOURCE = "identity", "trust", "resource"


@dataclass(frozen=True)
class Policy:
    """A policy document and where it stands."""

    owner: str
    kind: str
    document: dict[str, Any]

    @property
    def statements(self) -> list[dict[str, Any]]:
        """Its statements."""
        found: list[dict[str, Any]] = self.document["Statement"]
        return found

    @property
    def size(self) -> int:
        """Its characters as IAM counts them: without white space."""
        return len("".join(json.dumps(self.document).split()))


@dataclass(frozen=True)
class Excuse:
    """What parliament reports and we mean so, with the reason."""

    issue: str
    owners: tuple[str, ...]
    reason: str
    detail: str = ""  # where only findings with this in their detail are meant


EXCUSES = (
    Excuse("MALFORMED", (TRUST,), "a trust policy has no Resource; parliament knows no trust policies"),
    Excuse("UNKNOWN_FEDERATION_SOURCE", ("GitHubRole",), "parliament's list of federations is older than GitHub's"),
    Excuse("RESOURCE_STAR", ("Key",), "in a key's policy the star is the key itself"),
    Excuse("RESOURCE_STAR", ("FunctionsNetwork",), "Lambda asks about all resources; the functions' code is denied it"),
    Excuse(
        "RESOURCE_STAR",
        ("RefreshWorkflowRole",),
        "CloudWatch asks about all alarms where a call names none, as application-autoscaling's does",
        "['cloudwatch:DescribeAlarms']",
    ),
    Excuse(
        "UNKNOWN_CONDITION_FOR_ACTION",
        ("FunctionsNetwork",),
        "it is in every call of a function's code, of whatever service",
        "lambda:SourceFunctionArn",
    ),
    Excuse(
        "RESOURCE_MISMATCH",
        ("BuildRole", "FoundationRole"),
        "a connection's ARN names one of the service's two names; the other's actions then do nothing",
    ),
    Excuse("RESOURCE_MISMATCH", ("WorkflowRole",), "express executions cannot be described; the map asks for its own"),
    Excuse("CREDENTIALS_EXPOSURE", (IDENTITY,), "ECR's sign-in is how an image is pulled or pushed at all"),
    Excuse(
        "PRIVILEGE_ESCALATION",
        ("FoundationRole",),
        "it gives roles their rights, for people; test_escalations.py holds that no push can hand it over",
    ),
    Excuse("PRIVILEGE_ESCALATION", ("DeployRole",), "within the boundary only, which parliament does not evaluate"),
    Excuse(
        "PERMISSIONS_MANAGEMENT_ACTIONS",
        (IDENTITY, "Key"),
        "see the tests of who may pass which role, and grant the key",
    ),
)


def as_list(value: Any) -> list[Any]:
    """IAM's lists of one may stand bare."""
    return value if isinstance(value, list) else [value]


def policies(stack: Stack) -> Iterator[Policy]:
    """Every policy document of a stack."""
    for name, role in stack.of_type("AWS::IAM::Role").items():
        yield Policy(name, TRUST, role["AssumeRolePolicyDocument"])
        for policy in role.get("Policies", []):
            yield Policy(name, IDENTITY, policy["PolicyDocument"])
    for name, policy in stack.of_type("AWS::IAM::ManagedPolicy").items():
        yield Policy(name, IDENTITY, policy["PolicyDocument"])
    for kind, member in _RESOURCE_POLICIES.items():
        for name, properties in stack.of_type(kind).items():
            yield Policy(name, RESOURCE, properties[member])


def distinct(stacks: Iterable[Stack]) -> list[Policy]:
    """The policies of several stacks, each document once."""
    found = {(policy.owner, json.dumps(policy.document)): policy for stack in stacks for policy in policies(stack)}
    return list(found.values())


def findings(policy: Policy) -> list[tuple[str, str]]:
    """What parliament finds, as issue and detail, but for actions that CloudFormation's own schemas name."""
    found = _analyze(json.dumps(policy.document))
    return [(issue, detail) for issue, detail in found if not (issue == "UNKNOWN_ACTION" and _is_newer(detail))]


@cache  # most policies of a stack are those of another
def _analyze(document: str) -> tuple[tuple[str, str], ...]:
    judged = parliament.analyze_policy_string(document, include_community_auditors=True)
    return tuple((str(finding.issue), str(finding.detail)) for finding in judged.findings)


def find_excuse(policy: Policy, issue: str, detail: str) -> Excuse | None:
    """The exception that explains a finding; None where there is none."""
    places = {policy.owner, policy.kind}
    meant = (one for one in EXCUSES if one.issue == issue and one.detail in detail)
    return next((one for one in meant if places & set(one.owners)), None)


def _is_newer(detail: str) -> bool:
    """Whether an action that parliament does not know is younger than its data."""
    return detail.rpartition(" ")[2] in {action for kind in _TYPES for action in handler_actions(kind)}


_TYPES = ("AWS::S3::Bucket", "AWS::Budgets::Budget", "AWS::Lambda::Function")


@cache
def handler_actions(kind: str, handlers: tuple[str, ...] = ("create", "read", "update", "delete")) -> frozenset[str]:
    """The actions that CloudFormation's own handlers of a type ask for; none where AWS tells none."""
    schema = read_schema(kind).get("handlers", {})
    return frozenset(action for name in handlers if name in schema for action in schema[name]["permissions"])

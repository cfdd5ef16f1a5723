"""Whose rights a step needs is a chapter of permissions.md, whose policies are ones that AWS takes."""

from __future__ import annotations

import ast
import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import boto3
import pytest
from parliament import analyze_policy_string

from console.drift.model_monitor import BY_HAND
from seedcode.stack.template import load
from tests.rehearsal import page, people

REPOSITORY = Path(__file__).parents[3]
TEXT = people.PAGE.read_text(encoding="utf-8")
KNOWN = {"NAME": "scones", "ACCOUNT": "0" * 12, "REGION": "us-east-1", "BUCKET": "scones-bucket", "KEY": "1234"}
WHO_VIEWS = "who-views"
LINKED = {step.rights for step in page.parse(page.PAGE.read_text(encoding="utf-8")) if step.rights}
CHAPTERS = sorted({WHO_VIEWS, *LINKED})
ESCALATION = {"PRIVILEGE_ESCALATION", "RESOURCE_POLICY_PRIVILEGE_ESCALATION"}


def _policies(chapter: str) -> list[dict[str, Any]]:
    return people.policies(TEXT, chapter, load(), KNOWN)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_policies_that_the_page_links_to_are_well_formed_and_filled_in(chapter: str) -> None:
    # The template's own policies are held by tests/contract/stack/test_policies.py.
    for policy in people.policies(TEXT.replace(people.ADDED, ""), chapter, load(), KNOWN):
        text = json.dumps(policy)
        # Who deploys first makes roles and policies: that these rights can be widened is known.
        found = {one.issue for one in analyze_policy_string(text).findings} - {"RESOURCE_MISMATCH"}
        found -= ESCALATION if chapter == "who-deploys-for-the-first-time" else set()
        assert found == set()
        assert not [name for name in KNOWN if f":{name}:" in text or f"/{name}" in text or f"{name}-" in text]


def test_who_deploys_first_has_the_rights_of_the_foundation_role_with_its_conditions() -> None:
    own, *of_role = _policies("who-deploys-for-the-first-time")
    actions = {action for policy in of_role for entry in policy["Statement"] for action in _listed(entry["Action"])}
    assert {"iam:CreateRole", "lambda:CreateFunction", "s3:PutLifecycleConfiguration"} <= actions
    assert "iam:CreateRole" not in json.dumps(own)
    assert "Fn::" not in json.dumps(of_role)
    assert any("iam:PassedToService" in json.dumps(policy) for policy in of_role)


def _operations(*places: str) -> set[str]:
    """The names of boto3's methods that source code mentions."""
    found: set[str] = set()
    for path in (file for place in places for file in REPOSITORY.glob(place)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)  # the name of a paginator
    return found


def _actions(named: set[str]) -> dict[str, set[str]]:
    """The IAM actions of the clients' methods among some names, one for each service that has the method."""
    found: dict[str, set[str]] = {}
    for service, prefix in {**SERVICES, **{name: name for name in TAKING_DOWN}}.items():
        client = boto3.client(service, region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-")
        methods = client.meta.method_to_api_mapping
        for method in named & methods.keys():
            action = f"{prefix}:{methods[method]}"
            found.setdefault(method, set()).add(ANOTHER_NAME.get(action, action))
    return found


# Actions whose name is not that of the operation:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
ANOTHER_NAME = {
    "s3:CopyObject": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObjectVersion",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjectsV2": "s3:ListBucket",
}
# What the command and the page ask. STS answers GetCallerIdentity to everybody.
SERVICES = {
    **{
        name: name
        for name in ("sagemaker", "cloudwatch", "logs", "s3", "scheduler", "codebuild", "cloudformation", "ecr")
    },
    "stepfunctions": "states",
}
# What taking a project down asks besides.
TAKING_DOWN = ("application-autoscaling", "codecommit", "iam", "kms")
REMOVAL = [
    "seedcode/removal/*.py",
    "seedcode/stack/service_roles.py",
    "seedcode/stack/follow.py",
    "seedcode/stack/state.py",
]
# Names of Python's, of MLflow's client and of the project's own that are a client's method as well.
HOMONYMS = {"search", "list_images", "list_keys", "sign", "create_experiment"}
VIEWING = (
    "page/**/*reader.py",
    "progress/*.py",
    "builds.py",
    "executions.py",
    "joblogs.py",
    "tuning.py",
    "drift/*.py",
)


READING = ("describe_", "list_", "get_", "filter_", "batch_get_", "head_")


@pytest.mark.parametrize(
    ("chapters", "places", "methods"),
    [
        ([WHO_VIEWS], [f"console/{place}" for place in VIEWING], READING),
        (["who-takes-it-down"], REMOVAL, ("",)),
        (CHAPTERS, ["console/**/*.py", "pipelines/**/*.py"], ("",)),
    ],
)
def test_who_views_and_who_works_may_ask_all_that_the_command_and_the_page_ask(
    chapters: list[str], places: list[str], methods: tuple[str, ...]
) -> None:
    granted = {
        action
        for chapter in chapters
        for policy in _policies(chapter)
        for entry in policy["Statement"]
        for action in _listed(entry["Action"])
    }
    asked = _actions({name for name in _operations(*places) - HOMONYMS if name.startswith(methods)})
    assert asked
    missing = {
        method: actions
        for method, actions in asked.items()
        if not any(fnmatchcase(action, pattern) for action in actions for pattern in granted)
    }
    assert missing == {}


@pytest.mark.parametrize(
    ("chapter", "action"),
    [
        ("who-runs-and-approves", "sagemaker:CreateMonitoringSchedule"),
        ("who-takes-it-down", "sagemaker:DeleteMonitoringSchedule"),
        (WHO_VIEWS, "sagemaker:DescribeMonitoringSchedule"),
    ],
)
def test_a_check_for_drift_by_hand_has_a_schedule_of_its_own_which_the_rights_name(chapter: str, action: str) -> None:
    arn = f"arn:aws:sagemaker:us-east-1:{'0' * 12}:monitoring-schedule/scones-vehicles-drift"
    allowed = [
        resource
        for policy in _policies(chapter)
        for entry in policy["Statement"]
        if action in _listed(entry["Action"])
        for resource in _listed(entry["Resource"])
    ]
    for name in (arn, f"{arn}{BY_HAND}20261128"):
        assert any(fnmatchcase(name, resource) for resource in allowed)


def test_a_chapter_that_is_not_there_or_has_no_policy_is_a_sentence() -> None:
    with pytest.raises(people.PermissionsError, match="has no chapter #who-pays"):
        _policies("who-pays")
    with pytest.raises(people.PermissionsError, match="#who-views has no policy"):
        people.policies("## Who views\n\nNothing.\n", "who-views", load(), KNOWN)


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]

"""CloudFormation's projects: properties as CodeBuild's members, updates that forget, and names that replace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.resources import builds as resource

Document = dict[str, Any]
LOCATION = "https://x/v1/repos/bakery"
PROPERTIES: Document = {
    "Name": "bakery-build",
    "ServiceRole": "arn:aws:iam::000000000000:role/builder",
    "Source": {"Type": "CODECOMMIT", "Location": LOCATION, "GitCloneDepth": "1", "BuildSpec": "b.yml"},
    "Artifacts": {"Type": "NO_ARTIFACTS"},
    "Environment": {
        "Type": "LINUX_CONTAINER", "Image": "i", "ComputeType": "BUILD_GENERAL1_SMALL", "PrivilegedMode": "true",
        "EnvironmentVariables": [{"Name": "A", "Value": "1"}],
    },
    "ConcurrentBuildLimit": "1",
    "TimeoutInMinutes": 120,
    "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": "/g"}},
    "Tags": [{"Key": "a", "Value": "b"}],
    "Triggers": {"Webhook": True, "FilterGroups": [[{"Type": "EVENT", "Pattern": "PUSH"}]]},
}  # fmt: skip


@pytest.fixture
def handlers(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[..., Any]]:
    """The type's handlers, as they are given to CloudFormation."""
    found: dict[str, Callable[..., Any]] = {}
    monkeypatch.setattr(
        cloudformation,
        "add_resource_type",
        lambda _, create, delete, update, **__: found.update(create=create, delete=delete, update=update),
    )
    resource.register(aws)
    return found


def test_properties_become_the_members_that_codebuild_describes(
    handlers: dict[str, Callable[..., Any]], builds: Any
) -> None:
    name, attributes = handlers["create"]("BuildProject", PROPERTIES, "bakery")
    assert (name, attributes["Arn"].rpartition(":")[2]) == ("bakery-build", "project/bakery-build")
    (project,) = builds("BatchGetProjects", names=[name])["projects"]
    assert project["source"] == {
        "type": "CODECOMMIT", "location": LOCATION, "gitCloneDepth": 1, "buildspec": "b.yml",
    }  # fmt: skip
    assert project["environment"]["environmentVariables"] == [{"name": "A", "value": "1"}]
    assert project["environment"]["privilegedMode"] is True
    assert (project["concurrentBuildLimit"], project["timeoutInMinutes"]) == (1, 120)
    assert project["logsConfig"] == {"cloudWatchLogs": {"status": "ENABLED", "groupName": "/g"}}
    assert project["tags"] == [{"key": "a", "value": "b"}]
    assert project["webhook"]["filterGroups"] == [[{"type": "EVENT", "pattern": "PUSH"}]]


def test_what_an_updated_template_names_no_more_goes_back_to_its_default(
    handlers: dict[str, Callable[..., Any]], builds: Any
) -> None:
    name, _ = handlers["create"]("BuildProject", PROPERTIES, "bakery")
    (before,) = builds("BatchGetProjects", names=[name])["projects"]
    kept = {key: value for key, value in PROPERTIES.items() if key not in ("ConcurrentBuildLimit", "TimeoutInMinutes")}
    handlers["update"](name, PROPERTIES, kept, "bakery")
    (after,) = builds("BatchGetProjects", names=[name])["projects"]
    assert "concurrentBuildLimit" not in after
    assert (after["timeoutInMinutes"], after["created"]) == (60, before["created"])


def test_a_refused_update_leaves_the_project_as_it_was(handlers: dict[str, Callable[..., Any]], builds: Any) -> None:
    name, _ = handlers["create"]("BuildProject", PROPERTIES, "bakery")
    with pytest.raises(ValueError, match="does not take visibility"):
        handlers["update"](name, PROPERTIES, {**PROPERTIES, "Visibility": "PUBLIC_READ"}, "bakery")
    with pytest.raises(ValueError, match="account-level concurrent build limit of 60"):
        handlers["update"](name, PROPERTIES, {**PROPERTIES, "ConcurrentBuildLimit": 99}, "bakery")
    assert builds("BatchGetProjects", names=[name])["projects"][0]["concurrentBuildLimit"] == 1


def test_a_deleted_project_is_gone(handlers: dict[str, Callable[..., Any]], builds: Any) -> None:
    name, _ = handlers["create"]("BuildProject", {**PROPERTIES, "Name": None}, "bakery")
    assert name == "bakery-BuildProject"
    handlers["delete"](name, PROPERTIES)
    assert builds("ListProjects")["projects"] == []

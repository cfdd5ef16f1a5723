"""CloudFormation's `AWS::CodeBuild::Project`.

Its properties are CodeBuild's members with a capital letter, but for `BuildSpec` and `Triggers`, which make a webhook.
"""

from __future__ import annotations

from typing import Any

from localaws.aws import Aws
from localaws.builds import projects
from localaws.ministack import cloudformation
from localaws.operations import CODEBUILD
from localaws.resources.properties import Made, Properties, call
from localaws.shapes import Document, service_model

TYPE = "AWS::CodeBuild::Project"
_SPELT_OTHERWISE = {"buildSpec": "buildspec"}
_SET_APART = {"Triggers"}


def register(aws: Aws) -> None:
    """Teach CloudFormation the type."""

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        named = {**properties, "Name": properties.get("Name") or f"{stack}-{logical_id}"}
        project = call(aws, "CreateProject", _request(named), CODEBUILD)["project"]
        return _made(aws, project, properties)

    def update(name: str, _: Properties, new: Properties, __: str) -> Made:
        # What the template names no more goes back to its default, so the project is made anew under its name.
        kept = aws.store.get(projects.KIND, name) or {}
        with aws.store.transaction():
            aws.store.delete(projects.KIND, name)
            project = call(aws, "CreateProject", _request({**new, "Name": name}), CODEBUILD)["project"]
            project["created"] = kept.get("created", project["created"])
            return _made(aws, project, new)

    def delete(name: str, _: Properties) -> None:
        projects.delete_project(aws, {"name": name})

    cloudformation.add_resource_type(TYPE, create, delete, update, replacing=("Name",), named="Name", tagged=True)


def _made(aws: Aws, project: Document, properties: Properties) -> Made:
    """Keep a project with its webhook; nobody calls one here, as no repository of the outside is read."""
    triggers = properties.get("Triggers") or {}
    if str(triggers.get("Webhook")).lower() == "true":
        groups = [[_renamed(one) for one in group] for group in triggers.get("FilterGroups") or []]
        project["webhook"] = {"url": f"{project['source'].get('location')}/hooks", "filterGroups": groups}
    aws.store.put(projects.KIND, project["name"], project)
    return project["name"], {"Arn": project["arn"]}


def _request(properties: Properties) -> Document:
    """The properties as the request of CreateProject; raises ValueError for one that it does not have."""
    shape = service_model(CODEBUILD.name).operation_model("CreateProject").input_shape
    request = {name: value for name, value in properties.items() if name not in _SET_APART}
    renamed: Document = _renamed(request)
    unknown = sorted(set(renamed) - set(shape.members if shape else ()))
    if unknown:
        raise ValueError(f"The local AWS does not take {', '.join(unknown)} of {TYPE}.")
    return renamed


def _renamed(value: Any) -> Any:  # noqa: ANN401 - a template's value
    """Members with a small letter, all the way down."""
    if isinstance(value, dict):
        return {_api_name(name): _renamed(item) for name, item in value.items() if item is not None}
    return [_renamed(item) for item in value] if isinstance(value, list) else value


def _api_name(name: str) -> str:
    small = name[:1].lower() + name[1:]
    return _SPELT_OTHERWISE.get(small, small)

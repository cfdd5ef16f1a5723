"""Projects: a stack of a template in S3, and a name by which pipelines' code finds its tags and its id.

What is made of a product of Service Catalog is refused: the local AWS has no catalogue. A template's parameters
SageMakerProjectName and SageMakerProjectId are filled in, where it has them:
https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html
"""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import ClientError

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.names import identifier
from localaws.operations import SAGEMAKER, Named
from localaws.records import tags
from localaws.refusals import members
from localaws.shapes import Document, project_as

PROJECT = "project"
_NAMED = Named("ProjectName", PROJECT)
_ORDER = listing.Order({"Name": "ProjectName", "CreationTime": "CreationTime"})
_ID_LENGTH = 14
_PLACES = (
    re.compile(r"https://(?P<bucket>[^/]+?)\.s3[.-][^/]*amazonaws\.com/(?P<key>.+)"),
    re.compile(r"https://s3[.-][^/]*amazonaws\.com/(?P<bucket>[^/]+)/(?P<key>.+)"),
)
_PROVIDER = "CfnTemplateProvider.TemplateName CfnTemplateProvider.TemplateURL CfnTemplateProvider.Parameters"
_DOING = {"CREATE": "Create", "UPDATE": "Update", "DELETE": "Delete"}


@SAGEMAKER.operation(
    "CreateProject",
    on=(_NAMED,),
    members=members("ProjectName", kept="ProjectDescription Tags")
    | members(f"{_PROVIDER} CfnTemplateProvider.RoleARN").below("TemplateProviders"),
)
def create_project(aws: Aws, request: Document) -> Document:
    """Store a project and begin its stack."""
    name = request["ProjectName"]
    provider = _provider(request, "TemplateProviders")
    if aws.store.get(PROJECT, name.lower()):
        raise errors.validation(f"Project already exists: {aws.arn(PROJECT, name.lower())}")
    document = {
        **{member: value for member, value in request.items() if member not in ("Tags", "TemplateProviders")},
        "ProjectArn": aws.arn(PROJECT, name.lower()),
        "ProjectId": f"p-{identifier(_ID_LENGTH - 2)}",
        "ProjectStatus": "CreateInProgress",
        "CreationTime": now(),
        "LastModifiedTime": now(),
        "CreatedBy": {},
        "LastModifiedBy": {},
    }
    stack = f"sagemaker-{name}-{document['ProjectId']}"
    wanted = {"StackName": stack, **_templated(aws, document, provider)}
    wanted |= {"RoleARN": provider["RoleARN"]} if "RoleARN" in provider else {}
    made = _call(aws, "create_stack", **wanted, Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"])
    document["TemplateProviderDetails"] = _detail(provider, {"Name": stack, "Id": made["StackId"]})
    with aws.store.transaction():
        aws.store.put(PROJECT, name.lower(), document)
        tags.tag_new(aws, document["ProjectArn"], request)
    return document


@SAGEMAKER.operation("DescribeProject", on=(_NAMED,))
def describe_project(aws: Aws, request: Document) -> Document:
    """A project, with the status that its stack has."""
    found = aws.store.get(PROJECT, request["ProjectName"].lower())
    document = refresh(aws, found) if found else None
    if document is None:
        raise errors.validation(f"Project {aws.arn(PROJECT, request['ProjectName'].lower())} does not exist.")
    return document


@SAGEMAKER.operation("ListProjects")
def list_projects(aws: Aws, request: Document) -> Document:
    """Projects, newest first."""
    chosen, more = listing.page(request, list_all(aws), _ORDER, "ProjectName")
    return {"ProjectSummaryList": [project_as("ProjectSummary", item) for item in chosen], **more}


@SAGEMAKER.operation(
    "UpdateProject",
    on=(_NAMED,),
    members=members("ProjectName Tags", kept="ProjectDescription")
    | members(_PROVIDER).below("TemplateProvidersToUpdate"),
)
def update_project(aws: Aws, request: Document) -> Document:
    """Change a project's description and tags, and its stack where a template is given."""
    document = _settled(aws, request)
    changes = {"ProjectDescription": request["ProjectDescription"]} if "ProjectDescription" in request else {}
    if "TemplateProvidersToUpdate" in request:
        before = document["TemplateProviderDetails"][0]["CfnTemplateProviderDetail"]
        provider = _provider(request, "TemplateProvidersToUpdate")
        named = {"StackName": before["StackDetail"]["Name"], **_templated(aws, document, provider)}
        _call(aws, "update_stack", **named, Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"])
        role = {"RoleARN": before["RoleARN"]} if "RoleARN" in before else {}
        changes |= {
            "ProjectStatus": "UpdateInProgress",
            "TemplateProviderDetails": _detail({**provider, **role}, before["StackDetail"]),
        }
    with aws.store.transaction():
        tags.add_tags(aws, document["ProjectArn"], request.get("Tags", []))
        return aws.store.update(PROJECT, document["ProjectName"].lower(), **changes, LastModifiedTime=now())


@SAGEMAKER.operation("DeleteProject", on=(_NAMED,))
def delete_project(aws: Aws, request: Document) -> Document:
    """Begin to delete a project's stack; with it goes the project."""
    document = _settled(aws, request)
    _call(aws, "delete_stack", StackName=_stack(document)["Id"])
    aws.store.update(PROJECT, document["ProjectName"].lower(), ProjectStatus="DeleteInProgress", LastModifiedTime=now())
    return {}


def list_all(aws: Aws) -> list[Document]:
    """Every project, with the status that its stack has."""
    return [found for item in aws.store.all(PROJECT) if (found := refresh(aws, item))]


def refresh(aws: Aws, document: Document) -> Document | None:
    """A project as its stack now stands; None for one that went with it."""
    if not document["ProjectStatus"].endswith("InProgress"):
        return document
    stack = _find_stack(aws, _stack(document)["Id"])
    if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
        aws.store.delete(PROJECT, document["ProjectName"].lower())
        tags.forget(aws, document["ProjectArn"])
        return None
    if stack["StackStatus"].endswith("IN_PROGRESS"):
        return document
    doing, _, end = stack["StackStatus"].partition("_")
    # A stack that was rolled back ended well and its change did not.
    well = doing in _DOING and end == "COMPLETE"
    status = f"{_DOING.get(doing, 'Create')}{'Completed' if well else 'Failed'}"
    detail = document["TemplateProviderDetails"][0]["CfnTemplateProviderDetail"]
    said = {**detail["StackDetail"], "StatusMessage": stack.get("StackStatusReason") or stack["StackStatus"]}
    details = [{"CfnTemplateProviderDetail": {**detail, "StackDetail": said}}]
    changes: Document = {"ProjectStatus": status, "TemplateProviderDetails": details}
    return aws.store.update(PROJECT, document["ProjectName"].lower(), **changes)


def _settled(aws: Aws, request: Document) -> Document:
    document = describe_project(aws, request)
    if document["ProjectStatus"].endswith("InProgress"):
        raise errors.conflict(f"Project {document['ProjectName']} is {document['ProjectStatus']}; wait for its end.")
    return document


def _provider(request: Document, member: str) -> Document:
    provider: Document = (request.get(member) or [{}])[0].get("CfnTemplateProvider", {})
    if not provider:
        raise errors.validation(f"Give {member} with a CfnTemplateProvider; projects have no other template here.")
    return provider


def _detail(provider: Document, stack: Document) -> list[Document]:
    return [{"CfnTemplateProviderDetail": {**provider, "StackDetail": stack}}]


def _stack(document: Document) -> Document:
    found: Document = document["TemplateProviderDetails"][0]["CfnTemplateProviderDetail"]["StackDetail"]
    return found


def _templated(aws: Aws, document: Document, provider: Document) -> Document:
    """The template of a stack and its parameters, of which a project's own are filled in."""
    body = _read_template(aws, provider["TemplateURL"])
    own = {"SageMakerProjectName": document["ProjectName"], "SageMakerProjectId": document["ProjectId"]}
    given = {item["Key"]: item.get("Value", "") for item in provider.get("Parameters", [])}
    declared = {item["ParameterKey"] for item in _call(aws, "validate_template", TemplateBody=body)["Parameters"]}
    values = {name: value for name, value in own.items() if name in declared} | given
    parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
    return {"TemplateBody": body, "Parameters": parameters}


def _read_template(aws: Aws, url: str) -> str:
    place = next((found for pattern in _PLACES if (found := pattern.fullmatch(url))), None)
    if place is None:
        raise errors.validation(f"The TemplateURL {url} is no address of an object in S3.")
    try:
        content: bytes = aws.clients.s3.get_object(Bucket=place["bucket"], Key=place["key"])["Body"].read()
        return content.decode()
    except (ClientError, UnicodeDecodeError) as error:
        raise errors.validation(f"The template {url} cannot be read: {error}") from error


def _find_stack(aws: Aws, stack_id: str) -> Document | None:
    try:
        found: Document = aws.clients.get("cloudformation").describe_stacks(StackName=stack_id)["Stacks"][0]
    except ClientError:
        return None
    return found


def _call(aws: Aws, operation: str, **request: Any) -> Document:  # noqa: ANN401 - CloudFormation's own
    try:
        answered: Document = getattr(aws.clients.get("cloudformation"), operation)(**request)
    except ClientError as error:
        raise errors.validation(f"CloudFormation refused {operation}: {error.response['Error']['Message']}") from error
    return answered

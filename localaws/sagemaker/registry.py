"""Model packages: the registry's versions, and their approval.

An event goes out on creation and on every update, also for PendingManualApproval, as AWS sends it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.names import bare
from localaws.operations import SAGEMAKER, Named
from localaws.records import defaults, models, tags, tracking
from localaws.refusals import all_but, members
from localaws.sagemaker.rules import inputs, model_cards
from localaws.sagemaker.rules.registry import RULES
from localaws.shapes import Document, project, project_as

_GROUPS = listing.Order({"Name": "ModelPackageGroupName", "CreationTime": "CreationTime"})
GROUP = Named("ModelPackageGroupName", "model-package-group", keeps_case=True)


@SAGEMAKER.operation("CreateModelPackageGroup", on=(GROUP,), members=all_but("ManagedConfiguration"))
def create_model_package_group(aws: Aws, request: Document) -> Document:
    """Make an empty group."""
    name = request["ModelPackageGroupName"]
    arn = aws.arn("model-package-group", name)
    with aws.store.transaction():
        if aws.store.get(models.GROUP, name):
            raise errors.validation(f"Model Package Group already exists: {arn}")
        document = {
            **request,
            "ModelPackageGroupArn": arn,
            "ModelPackageGroupStatus": "Completed",
            "CreationTime": now(),
            "CreatedBy": {},
            "LastVersion": 0,
        }
        aws.store.put(models.GROUP, name, document)
        tags.tag_new(aws, arn, request)
    return {"ModelPackageGroupArn": arn}


@SAGEMAKER.operation("DescribeModelPackageGroup", on=(GROUP,))
def describe_model_package_group(aws: Aws, request: Document) -> Document:
    """A group as it was created."""
    return models.get_group(aws, request["ModelPackageGroupName"])


@SAGEMAKER.operation("PutModelPackageGroupPolicy", on=(GROUP,))
def put_model_package_group_policy(aws: Aws, request: Document) -> Document:
    """Keep a resource policy of a group; who calls is of the same account here, and needs none."""
    with aws.store.transaction():
        group = models.get_group(aws, request["ModelPackageGroupName"])
        _check_policy(group["ModelPackageGroupArn"], request["ResourcePolicy"])
        aws.store.update(models.GROUP, group["ModelPackageGroupName"], ResourcePolicy=request["ResourcePolicy"])
    return group


@SAGEMAKER.operation("GetModelPackageGroupPolicy", on=(GROUP,))
def get_model_package_group_policy(aws: Aws, request: Document) -> Document:
    """The resource policy of a group."""
    group = models.get_group(aws, request["ModelPackageGroupName"])
    _check_has_policy(group)
    return group


@SAGEMAKER.operation("DeleteModelPackageGroupPolicy", on=(GROUP,))
def delete_model_package_group_policy(aws: Aws, request: Document) -> Document:
    """Take a group's resource policy away."""
    with aws.store.transaction():
        group = models.get_group(aws, request["ModelPackageGroupName"])
        _check_has_policy(group)
        del group["ResourcePolicy"]
        aws.store.put(models.GROUP, group["ModelPackageGroupName"], group)
    return {}


def _check_has_policy(group: Document) -> None:
    if "ResourcePolicy" not in group:
        raise errors.validation(f"Cannot find resource policy for: {group['ModelPackageGroupArn']}")


def _check_policy(arn: str, text: str) -> None:
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        policy = None
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    if not isinstance(statements, (list, dict)) or not statements:
        raise errors.validation(f"The resource policy of {arn} must be a JSON object with a Statement.")
    for statement in statements if isinstance(statements, list) else [statements]:
        missing = [name for name in ("Effect", "Principal", "Action", "Resource") if name not in statement]
        if missing:
            raise errors.validation(f"A Statement of the resource policy of {arn} lacks {', '.join(missing)}.")


@SAGEMAKER.operation("ListModelPackageGroups", members=all_but(only={"CrossAccountFilterOption": ("SameAccount",)}))
def list_model_package_groups(aws: Aws, request: Document) -> Document:
    """Groups, newest first."""
    chosen, more = listing.page(request, aws.store.all(models.GROUP), _GROUPS, "ModelPackageGroupName")
    return {
        "ModelPackageGroupSummaryList": [project_as("ModelPackageGroupSummary", item) for item in chosen],
        **more,
    }


@SAGEMAKER.operation("DeleteModelPackageGroup", on=(GROUP,))
def delete_model_package_group(aws: Aws, request: Document) -> Document:
    """Remove a group that has no versions left."""
    with aws.store.transaction():
        group = models.get_group(aws, request["ModelPackageGroupName"])
        name = group["ModelPackageGroupName"]
        if models.list_versions(aws, name):
            raise errors.conflict(f"Model Package Group {name} cannot be deleted: it still has model packages.")
        aws.store.delete(models.GROUP, name)
        tags.forget(aws, group["ModelPackageGroupArn"])
    return {}


_EVENT = "SageMaker Model Package State Change"
_ORDER = listing.Order({"Name": "ModelPackageArn", "CreationTime": "CreationTime"}, direction="Ascending")
_CHANGEABLE = (
    "ModelApprovalStatus",
    "ApprovalDescription",
    "InferenceSpecification",
    "SourceUri",
    "ModelLifeCycle",
)
PACKAGE = Named("ModelPackageName", "model-package", keeps_case=True)
# A container of a version is what a model gets that is made of it; the rest is for who reads the version.
_SPECIFIED = members(
    "Containers.Image Containers.ModelDataUrl Containers.Environment",
    kept="Containers",
    refused="Containers.ModelDataSource Containers.AdditionalModelDataSources Containers.AdditionalS3DataSource",
) | members(
    kept="""SupportedTransformInstanceTypes SupportedRealtimeInferenceInstanceTypes SupportedContentTypes
    SupportedResponseMIMETypes"""
)
_DESCRIBED = "ModelLifeCycle SourceUri ClientToken"
_MEMBERS = members(
    "ModelPackageName ModelPackageGroupName ModelApprovalStatus CustomerMetadataProperties ModelCard",
    kept=f"""ModelPackageDescription MetadataProperties ModelMetrics DriftCheckBaselines Domain Task SamplePayloadUrl
    SkipModelValidation SecurityConfig AdditionalInferenceSpecifications Tags {_DESCRIBED}""",
) | _SPECIFIED.below("InferenceSpecification")


def _find_versions(aws: Aws, request: Document) -> Iterator[str]:
    """The packages of the group that a request names."""
    if "ModelPackageGroupName" in request:
        yield aws.arn("model-package", f"{request['ModelPackageGroupName'].rsplit('/', 1)[-1]}/*")


def _check_names(request: Document) -> None:
    grouped = "ModelPackageGroupName" in request
    if grouped == ("ModelPackageName" in request):
        raise errors.validation("Give either ModelPackageGroupName or ModelPackageName, and not both.")
    if grouped and request.get("Tags"):
        raise errors.validation("Tags cannot be set on a versioned model package; set them on its group.")


@SAGEMAKER.operation(
    "CreateModelPackage",
    on=(GROUP, PACKAGE, _find_versions),
    emits=_EVENT,
    checks=(_check_names, *RULES, model_cards.follows_schema),
    members=_MEMBERS,
)
def create_model_package(aws: Aws, request: Document) -> Document:
    """Register a version in a group, or an unversioned package under a name of its own.

    A pipeline's request has `MakesGroup` as well: a group that does not exist is made with its first version.
    """
    # Before the transaction, which holds the store's lock: S3 is answered by the event loop.
    inputs.check_package(aws, request)
    grouped = "ModelPackageGroupName" in request
    card = {"ModelCard": model_cards.change_card(None, request["ModelCard"])} if "ModelCard" in request else {}
    with aws.store.transaction():
        key, document = _numbered(aws, request) if grouped else _named(aws, request)
        document = {
            **defaults.fill(document, defaults.PACKAGE),
            **card,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "CreationTime": now(),
            "LastModifiedTime": now(),
            "CreatedBy": {},
        }
        aws.store.put(models.PACKAGE, key, document)
        tags.tag_new(aws, document["ModelPackageArn"], request)
        _announce(aws, document)
    return {"ModelPackageArn": document["ModelPackageArn"]}


@SAGEMAKER.operation("DescribeModelPackage", on=(PACKAGE,))
def describe_model_package(aws: Aws, request: Document) -> Document:
    """One version by its ARN."""
    document = models.get_package(aws, request["ModelPackageName"])
    if request.get("IncludedData") == "MetadataOnly" and "ModelCard" in document:
        return document | {"ModelCard": model_cards.redact_card(document["ModelCard"])}
    return document


def _find_packages(aws: Aws, request: Document) -> Iterator[str]:
    """The packages that a request lists."""
    for item in request.get("ModelPackageArnList", []):
        yield item if item.startswith("arn:") else aws.arn("model-package", item)


@SAGEMAKER.operation("BatchDescribeModelPackage", on=(_find_packages,))
def batch_describe_model_package(aws: Aws, request: Document) -> Document:
    """Versions by their ARNs, and for each that is not there why."""
    found: Document = {}
    failed: Document = {}
    for arn in request["ModelPackageArnList"]:
        try:
            # A version may have none, and the answer's shape has one of each.
            found[arn] = {"InferenceSpecification": {"Containers": []}, **models.get_package(aws, arn)}
        except errors.AwsError as error:
            failed[arn] = {"ErrorCode": error.code, "ErrorResponse": error.message}
    return {"ModelPackageSummaries": found, "BatchDescribeModelPackageErrorMap": failed}


@SAGEMAKER.operation(
    "UpdateModelPackage",
    on=(Named("ModelPackageArn", "model-package", keeps_case=True),),
    emits=_EVENT,
    checks=(model_cards.follows_schema,),
    members=members(
        """ModelPackageArn ModelApprovalStatus ApprovalDescription CustomerMetadataProperties
        CustomerMetadataPropertiesToRemove ModelCard""",
        kept=_DESCRIBED,
    )
    | _SPECIFIED.below("InferenceSpecification"),
)
def update_model_package(aws: Aws, request: Document) -> Document:
    """Change a version's approval or metadata."""
    with aws.store.transaction():
        document = models.get_package(aws, request["ModelPackageArn"])
        metadata = document.get("CustomerMetadataProperties", {}) | request.get("CustomerMetadataProperties", {})
        for name in request.get("CustomerMetadataPropertiesToRemove", []):
            metadata.pop(name, None)
        document |= {name: request[name] for name in _CHANGEABLE if name in request}
        if "ModelCard" in request:
            document["ModelCard"] = model_cards.change_card(document.get("ModelCard"), request["ModelCard"])
        document |= {"LastModifiedTime": _later(aws, document), "LastModifiedBy": {}}
        document["CustomerMetadataProperties"] = metadata
        aws.store.put(models.PACKAGE, bare(document["ModelPackageArn"]), document)
        _announce(aws, document)
    return {"ModelPackageArn": document["ModelPackageArn"]}


def _later(aws: Aws, document: Document) -> float:
    """Now, but after every change in the group: what was approved last stays last when the clock is set back."""
    group = document.get("ModelPackageGroupName")
    changes = [item["LastModifiedTime"] for item in models.list_versions(aws, group)] if group else []
    return max([now(), *(round(change + 0.001, 3) for change in changes)])


@SAGEMAKER.operation("ListModelPackages", on=(_find_versions,))
def list_model_packages(aws: Aws, request: Document) -> Document:
    """The versions of a group, or unversioned packages."""
    if "ModelPackageGroupName" in request:
        group = models.get_group(aws, request["ModelPackageGroupName"])["ModelPackageGroupName"]
        documents = models.list_versions(aws, group)
    else:
        wanted = request.get("ModelPackageType", "Unversioned")
        documents = [
            item
            for item in aws.store.all(models.PACKAGE)
            if wanted == "Both" or ("ModelPackageVersion" in item) == (wanted == "Versioned")
        ]
    chosen, more = listing.page(
        request, documents, _ORDER, "ModelPackageArn", {"ModelApprovalStatus": "ModelApprovalStatus"}
    )
    return {"ModelPackageSummaryList": [project_as("ModelPackageSummary", item) for item in chosen], **more}


@SAGEMAKER.operation("DeleteModelPackage", on=(PACKAGE,))
def delete_model_package(aws: Aws, request: Document) -> Document:
    """Remove a version; its number is not given again."""
    with aws.store.transaction():
        document = models.get_package(aws, request["ModelPackageName"])
        aws.store.delete(models.PACKAGE, bare(document["ModelPackageArn"]))
        tags.forget(aws, document["ModelPackageArn"])
    return {}


def _numbered(aws: Aws, request: Document) -> tuple[str, Document]:
    if "MakesGroup" in request and not aws.store.get(models.GROUP, request["ModelPackageGroupName"]):
        create_model_package_group(aws, {"ModelPackageGroupName": request["ModelPackageGroupName"]})
    group = models.get_group(aws, request["ModelPackageGroupName"])
    name, version = group["ModelPackageGroupName"], group["LastVersion"] + 1
    aws.store.update(models.GROUP, name, LastVersion=version)
    document = {
        "ModelApprovalStatus": "PendingManualApproval",
        **request,
        "ModelPackageGroupName": name,
        "ModelPackageVersion": version,
        "ModelPackageArn": aws.arn("model-package", f"{name}/{version}"),
    }
    return f"{name}/{version}", document


def _named(aws: Aws, request: Document) -> tuple[str, Document]:
    name = request["ModelPackageName"]
    arn = aws.arn("model-package", name)
    if aws.store.get(models.PACKAGE, name):
        raise errors.validation(f"Model Package already exists: {arn}")
    return name, {**request, "ModelPackageArn": arn}


def _announce(aws: Aws, document: Document) -> None:
    tracking.track_package(aws, document)
    # The card's content is sensitive by botocore's model, and may be most of what an event can hold.
    told = {name: value for name, value in document.items() if name != "ModelCard"}
    aws.events.send(_EVENT, project("DescribeModelPackage", told), [document["ModelPackageArn"]])

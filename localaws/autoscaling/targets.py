"""Scalable targets: the variants whose instance count may be changed, and between which bounds."""

from __future__ import annotations

from collections.abc import Iterator

from localaws import errors, listing
from localaws.autoscaling import alarms
from localaws.aws import Aws, now
from localaws.iam.scaling import LINKED_ROLE, SERVICE, linked_role_arn
from localaws.ministack import identity
from localaws.operations import AUTOSCALING
from localaws.refusals import all_but, members
from localaws.shapes import Document

KIND = "scalable-target"
POLICIES = "scaling-policy"
SCHEDULED = "scheduled-action"
NAMESPACE = "sagemaker"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_PARTS = 4
_SUSPENDED = dict.fromkeys(
    ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False
)
LISTED = all_but(only={"ScalableDimension": (DIMENSION,)})
_PAGE = 50


def find_arn(aws: Aws, request: Document) -> Iterator[str]:
    """The target's ARN, which is asked about whether there is such a target or not."""
    yield arn(aws, f"scalable-target/{request['ResourceId'].removeprefix('endpoint/').replace('/variant/', '-')}")


def resource_id(endpoint: str, variant: str) -> str:
    """The variant as Application Auto Scaling names it."""
    return f"endpoint/{endpoint}/variant/{variant}"


def split(resource: str) -> tuple[str, str]:
    """Endpoint and variant of a resource id; raises AWS's error for another form."""
    parts = resource.split("/")
    if len(parts) != _PARTS or parts[0] != "endpoint" or parts[2] != "variant":
        raise errors.validation(f"The resource id {resource!r} must look like endpoint/my-endpoint/variant/live.")
    return parts[1], parts[3]


def find(aws: Aws, resource: str) -> Document:
    """The target, or the error that AWS answers."""
    document = aws.store.get(KIND, resource)
    if document is None:
        raise not_found(f"No scalable target found for service namespace: {NAMESPACE}, resource ID: {resource}")
    return document


def forget(aws: Aws, resource: str) -> None:
    """Remove a target, its policies and its scheduled actions, where there are any."""
    with aws.store.transaction():
        for action in aws.store.all(SCHEDULED, f"{resource}/"):
            aws.store.delete(SCHEDULED, f"{resource}/{action['ScheduledActionName']}")
        for policy in aws.store.all(POLICIES, f"{resource}/"):
            alarms.delete(policy)
            aws.store.delete(POLICIES, f"{resource}/{policy['PolicyName']}")
        aws.store.delete(KIND, resource)


@AUTOSCALING.operation(
    "RegisterScalableTarget",
    on=(find_arn,),
    members=members(
        "ServiceNamespace ResourceId ScalableDimension MinCapacity MaxCapacity SuspendedState", kept="RoleARN"
    ),
)
def register_scalable_target(aws: Aws, request: Document) -> Document:
    """Register a variant, or change the bounds of one that is registered."""
    check_kind(request)
    resource = request["ResourceId"]
    endpoint, variant = split(resource)
    with aws.store.transaction():
        existing = aws.store.get(KIND, resource) or {}
        document = {"CreationTime": now(), "RoleARN": linked_role_arn(aws.settings.account), **existing, **request}
        document["SuspendedState"] = {
            **_SUSPENDED,
            **existing.get("SuspendedState", {}),
            **(request.get("SuspendedState") or {}),
        }
        _check_bounds(document)
        _check_variant(aws, endpoint, variant)
        document["ScalableTargetARN"] = arn(aws, f"scalable-target/{endpoint}-{variant}")
        aws.store.put(KIND, resource, document)
    identity.add_linked_role(LINKED_ROLE, SERVICE, aws.settings.account)
    return {"ScalableTargetARN": document["ScalableTargetARN"]}


@AUTOSCALING.operation("DescribeScalableTargets", members=LISTED)
def describe_scalable_targets(aws: Aws, request: Document) -> Document:
    """The targets, fifty a page."""
    wanted = request.get("ResourceIds")
    found = [item for item in aws.store.all(KIND) if wanted is None or item["ResourceId"] in wanted]
    chosen, more = page(request, found if request["ServiceNamespace"] == NAMESPACE else [], "ResourceId")
    return {"ScalableTargets": chosen, **more}


def page(request: Document, found: list[Document], key: str) -> tuple[list[Document], Document]:
    """One page of what is distinguished by a member, and {"NextToken": ...} when there is more."""
    size = request.get("MaxResults", _PAGE)
    if not 1 <= size <= _PAGE:
        raise errors.validation(f"MaxResults is {size}; it must be from 1 to {_PAGE}.")
    refused = errors.AwsError("InvalidNextTokenException", "The next token is not valid; give that of the page before.")
    chosen, token = listing.page_in_order(
        found, request.get("NextToken"), size, lambda: refused, lambda item: item[key]
    )
    return chosen, {"NextToken": token} if token else {}


@AUTOSCALING.operation("DeregisterScalableTarget", on=(find_arn,))
def deregister_scalable_target(aws: Aws, request: Document) -> Document:
    """Remove a target, its policies and its scheduled actions; the variant keeps the instances that it has."""
    find(aws, request["ResourceId"])
    forget(aws, request["ResourceId"])
    return {}


def check_kind(request: Document) -> None:
    """Refuse what is not an instance count of an endpoint's variant."""
    if (request["ServiceNamespace"], request["ScalableDimension"]) != (NAMESPACE, DIMENSION):
        raise errors.validation(
            f"The local AWS scales {DIMENSION} in the namespace {NAMESPACE}; "
            f"{request['ScalableDimension']} in {request['ServiceNamespace']} was given."
        )


def _check_bounds(document: Document) -> None:
    missing = [member for member in ("MinCapacity", "MaxCapacity") if member not in document]
    if missing:
        raise errors.validation(f"A new scalable target needs {' and '.join(missing)}.")
    if not 1 <= document["MinCapacity"] <= document["MaxCapacity"]:
        raise errors.validation(
            f"MinCapacity ({document['MinCapacity']}) must be at least 1 and at most MaxCapacity "
            f"({document['MaxCapacity']})."
        )


def _check_variant(aws: Aws, endpoint: str, variant: str) -> None:
    document = aws.store.get("endpoint", endpoint)
    if document is None or variant not in {item["VariantName"] for item in document["ProductionVariants"]}:
        raise errors.validation(f"The SageMaker endpoint {endpoint} has no production variant {variant}.")


def arn(aws: Aws, resource: str) -> str:
    """The ARN of a resource of the service."""
    return f"arn:aws:application-autoscaling:{aws.settings.region}:{aws.settings.account}:{resource}"


def not_found(message: str) -> errors.AwsError:
    """What is answered for a target, a policy or an action that is not there."""
    return errors.AwsError("ObjectNotFoundException", message)

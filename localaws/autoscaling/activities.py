"""What was scaled, and why: the activities that DescribeScalingActivities lists.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html
"""

from __future__ import annotations

import uuid

from localaws.autoscaling import targets
from localaws.aws import Aws, now
from localaws.operations import AUTOSCALING
from localaws.records import endpoints
from localaws.refusals import all_but
from localaws.shapes import Document

KIND = "scaling-activity"
_MOST = 200  # of a target; AWS keeps those of six weeks


def record(aws: Aws, resource: str, count: int, cause: str) -> None:
    """Keep that a variant is given a number of instances, with what caused it."""
    activity = str(uuid.uuid4())
    document = {
        "ActivityId": activity,
        "ServiceNamespace": targets.NAMESPACE,
        "ResourceId": resource,
        "ScalableDimension": targets.DIMENSION,
        "Description": f"Setting desired instance count to {count}.",
        "Cause": cause,
        "StartTime": now(),
        "StatusCode": "InProgress",
        "StatusMessage": f"Successfully set desired instance count to {count}. Waiting for change to be fulfilled by "
        "sagemaker.",
        "Count": count,
    }
    with aws.store.transaction():
        aws.store.put(KIND, f"{resource}/{activity}", document)
        for old in _newest_first(aws.store.all(KIND, f"{resource}/"))[_MOST:]:
            aws.store.delete(KIND, f"{resource}/{old['ActivityId']}")


def settle(aws: Aws, resource: str) -> None:
    """End the activities of a target whose endpoint is no longer being updated."""
    endpoint, variant = targets.split(resource)
    document = endpoints.find(aws, endpoint) or {}
    if document.get("EndpointStatus") == "Updating":
        return
    counts = {item["VariantName"]: item["CurrentInstanceCount"] for item in document.get("ProductionVariants", [])}
    for activity in aws.store.all(KIND, f"{resource}/"):
        if activity["StatusCode"] != "InProgress":
            continue
        done = counts.get(variant) == activity["Count"]
        ending = "Change successfully fulfilled by sagemaker." if done else "The change was not fulfilled by sagemaker."
        aws.store.update(
            KIND,
            f"{resource}/{activity['ActivityId']}",
            EndTime=now(),
            StatusCode="Successful" if done else "Unfulfilled",
            StatusMessage=f"Successfully set desired instance count to {activity['Count']}. {ending}",
        )


@AUTOSCALING.operation(
    "DescribeScalingActivities",
    members=all_but(
        only={"ScalableDimension": (targets.DIMENSION,), "IncludeNotScaledActivities": (False,)},
    ),
)
def describe_scaling_activities(aws: Aws, request: Document) -> Document:
    """The activities, newest first, fifty a page."""
    for target in aws.store.all(targets.KIND):
        settle(aws, target["ResourceId"])
    wanted = request.get("ResourceId")
    found = [item for item in aws.store.all(KIND) if wanted in (None, item["ResourceId"])]
    ours = found if request["ServiceNamespace"] == targets.NAMESPACE else []
    chosen, more = targets.page(request, _newest_first(ours), "ActivityId")
    return {"ScalingActivities": chosen, **more}


def _newest_first(found: list[Document]) -> list[Document]:
    return sorted(found, key=lambda item: float(item["StartTime"]), reverse=True)

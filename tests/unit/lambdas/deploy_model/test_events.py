"""Events that are not for this function change nothing."""

from typing import Any

import pytest
from deploy_model.events import why_ignored

ACCOUNT = "123456789012"
GROUP = "scones-vehicles"


def event(**changes: Any) -> dict[str, Any]:
    detail = {"ModelPackageGroupName": GROUP, "ModelApprovalStatus": "Approved"}
    return {"account": ACCOUNT, "detail-type": "SageMaker Model Package State Change", "detail": detail} | changes


def endpoint_event(name: str, status: str) -> dict[str, Any]:
    detail = {"EndpointName": name, "EndpointStatus": status}
    return event(**{"detail-type": "SageMaker Endpoint State Change", "detail": detail})


def test_a_change_of_our_group_is_for_us(make_settings: Any) -> None:
    assert why_ignored(event(), make_settings()) is None


@pytest.mark.parametrize("status", ["IN_SERVICE", "FAILED"])
def test_our_endpoint_at_rest_is_for_us(status: str, make_settings: Any) -> None:
    assert why_ignored(endpoint_event("scones-vehicles", status), make_settings()) is None


@pytest.mark.parametrize(
    ("ignored", "words"),
    [
        (event(account="999999999999"), "account 999999999999"),
        (event(detail={"ModelPackageGroupName": "another"}), "group another"),
        (event(detail={}), "group None"),
        (endpoint_event("another", "IN_SERVICE"), "endpoint another"),
        (endpoint_event("scones-vehicles", "UPDATING"), "UPDATING"),
        (event(**{"detail-type": "Scheduled Event"}), "'Scheduled Event'"),
        ({}, "account None"),
    ],
)
def test_any_other_event_is_ignored_with_its_reason(ignored: dict[str, Any], words: str, make_settings: Any) -> None:
    reason = why_ignored(ignored, make_settings())
    assert reason is not None
    assert words in reason

"""Only our endpoint coming into service, or a direct call, asks for a refresh."""

from typing import Any

import pytest
from refresh_workflow.events import why_ignored

EVENT = {"account": "123456789012", "detail-type": "SageMaker Endpoint State Change"}
DETAIL = {"EndpointName": "scones-vehicles", "EndpointStatus": "IN_SERVICE"}


@pytest.mark.parametrize("event", [{}, EVENT | {"detail": DETAIL}])
def test_our_endpoint_in_service_and_a_direct_call_are_for_us(event: dict[str, Any], make_settings: Any) -> None:
    assert why_ignored(event, make_settings()) is None


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (EVENT | {"account": "999999999999", "detail": DETAIL}, "account is 999999999999"),
        (EVENT | {"detail-type": "Scheduled Event", "detail": DETAIL}, "kind is Scheduled Event"),
        (EVENT | {"detail": DETAIL | {"EndpointName": "another"}}, "endpoint is another"),
        (EVENT | {"detail": DETAIL | {"EndpointStatus": "UPDATING"}}, "status is UPDATING"),
        (EVENT, "endpoint is None"),
    ],
)
def test_any_other_event_is_ignored_with_its_reason(event: dict[str, Any], words: str, make_settings: Any) -> None:
    reason = why_ignored(event, make_settings())
    assert reason is not None
    assert words in reason

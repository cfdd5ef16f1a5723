"""How far an update of the endpoint has come, read from AWS's description of it."""

from __future__ import annotations

from typing import Any

import pytest

from console.page.endpoint.update import STAGES, list_shares, parse_update


def _described(stage: str, message: str = "", status: str = "Updating", pending: str = "v2") -> dict[str, Any]:
    new = {"VariantName": "live", "CurrentWeight": 1.0, "VariantStatus": [{"Status": stage, "StatusMessage": message}]}
    return {
        "EndpointStatus": status,
        "EndpointConfigName": "v1",
        "ProductionVariants": [{"VariantName": "live", "CurrentWeight": 1.0}],
        "PendingDeploymentSummary": {"EndpointConfigName": pending, "ProductionVariants": [new]},
    }


def _shares(described: dict[str, Any]) -> list[tuple[str, float]]:
    return [(configuration, share) for _, configuration, share in list_shares(described)]


@pytest.mark.parametrize(
    ("stage", "message", "named", "share"),
    [
        ("Creating", "", "Creating", 0.0),
        ("ActivatingTraffic", "25% of the traffic", "Shifting", 0.25),
        ("Baking", "50% of the traffic, for 5 s", "Baking", 0.5),
        ("Baking", "", "Baking", 1.0),
        ("Deleting", "The old fleet ends", "Done", 1.0),
    ],
)
def test_an_updates_stage_says_which_part_of_the_traffic_the_new_version_has(
    stage: str, message: str, named: str, share: float
) -> None:
    described = _described(stage, message)
    update = parse_update(described)
    assert update is not None
    assert (STAGES[update.stage], update.share) == (named, share)
    assert _shares(described) == [("v1", 1 - share), ("v2", share)]


def test_an_update_that_is_rolled_back_has_no_traffic() -> None:
    assert _shares(_described("Baking", "50% of the traffic", "RollingBack")) == [("v1", 1.0), ("v2", 0.0)]


def test_scaling_is_no_update_and_leaves_all_traffic_where_it_is() -> None:
    described = _described("Updating", pending="v1")
    assert parse_update(described) is None
    assert _shares(described) == [("v1", 1.0)]

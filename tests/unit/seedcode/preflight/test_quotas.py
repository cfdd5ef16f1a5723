"""Quotas against what the template and the pipeline ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from seedcode.preflight import quotas
from seedcode.stack.spec import Account

VALUES = {"EndpointInstanceType": "ml.m5.xlarge", "EndpointInstanceCount": "2", "MonitoringInstanceType": "ml.m5.large"}
TRAINING = "ml.g4dn.xlarge for training job usage"
PROCESSING = "ml.m5.large for processing job usage"
SERVING = "ml.m5.xlarge for endpoint usage"


class _Quotas:
    """AWS's defaults, and what was applied to this account."""

    def __init__(self, defaults: dict[str, float], applied: dict[str, float]) -> None:
        self._answers = {"list_aws_default_service_quotas": defaults, "list_service_quotas": applied}

    def get_paginator(self, operation: str) -> _Pages:
        return _Pages(self._answers[operation])


class _Pages:
    """One quota a page."""

    def __init__(self, quotas: dict[str, float]) -> None:
        self._quotas = quotas

    def paginate(self, ServiceCode: str) -> Iterator[dict[str, Any]]:
        assert ServiceCode == "sagemaker"
        for name, value in self._quotas.items():
            yield {"Quotas": [{"QuotaName": name, "Value": value, "QuotaCode": f"L-{len(name)}"}]}


def _account(client: object) -> Account:
    return Account(lambda _: client, "123456789012", "eu-west-1")


def test_an_update_needs_both_fleets_and_monitoring_runs_beside_an_execution() -> None:
    assert quotas.needs(VALUES) == {TRAINING: 1, PROCESSING: 2, SERVING: 4}


def test_quotas_that_are_large_enough_are_no_finding() -> None:
    found = quotas.check(_account(_Quotas({TRAINING: 0, PROCESSING: 5}, {TRAINING: 1, SERVING: 4})), VALUES)
    assert found == quotas.Found([], [])


def test_a_quota_that_is_too_small_is_named_with_the_way_to_raise_it() -> None:
    found = quotas.check(_account(_Quotas({TRAINING: 0, PROCESSING: 5, SERVING: 4}, {})), VALUES)
    assert len(found.refusals) == 1
    assert found.refusals[0].startswith(f"The quota '{TRAINING}' is 0 in eu-west-1 and 1 are needed")
    assert (
        "request-service-quota-increase --service-code sagemaker --quota-code L-37 --desired-value 1"
        in found.refusals[0]
    )


def test_a_quota_that_is_not_listed_is_a_note_and_no_refusal() -> None:
    found = quotas.check(_account(_Quotas({TRAINING: 9, SERVING: 9}, {})), VALUES)
    assert found.refusals == []
    assert PROCESSING in found.notes[0]


class _Forbidden:
    """An account whose credentials may not see quotas."""

    def get_paginator(self, operation: str) -> _Forbidden:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not allowed"}}, operation)


def test_a_missing_permission_is_said_and_passed_over() -> None:
    found = quotas.check(_account(_Forbidden()), VALUES)
    assert found.refusals == []
    assert "servicequotas:ListServiceQuotas" in found.notes[0]

"""SageMaker's quotas for the instance types that this project asks for.

Many a new account has a quota of 0 for GPUs, and a job that meets it fails minutes after the deployment has succeeded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from pipelines.profiles import DEFAULT_PROFILE, find_profile
from seedcode.stack.spec import Account
from seedcode.stack.state import Client

SERVICE = "sagemaker"
PROCESSING = "ml.m5.large"
# A new version runs beside the old one until traffic has moved: an update takes twice the instances.
FLEETS = 2


@dataclass(frozen=True)
class Found:
    """Quotas that are too small, and what could not be read."""

    refusals: list[str]
    notes: list[str]


def check(aws: Account, values: Mapping[str, str]) -> Found:
    """Say which quotas are smaller than what the template and the pipeline ask for."""
    try:
        known = _read(aws.client("service-quotas"))
    except (ClientError, BotoCoreError) as error:
        return Found(
            [], [f"The quotas were not looked at: {error} Allow servicequotas:ListServiceQuotas to have them checked."]
        )
    refusals, notes = [], []
    for name, needed in needs(values).items():
        quota = known.get(name)
        if quota is None:
            notes.append(f"There is no quota named {name!r} in {aws.region}; the instance type may not be offered.")
        elif quota[0] < needed:
            refusals.append(_sentence(name, quota, needed, aws.region))
    return Found(refusals, notes)


def needs(values: Mapping[str, str]) -> dict[str, int]:
    """How many instances are asked for, by the quota's name."""
    training = find_profile(DEFAULT_PROFILE).instance_type
    found = {f"{training} for training job usage": 1, f"{PROCESSING} for processing job usage": 1}
    if serving := values.get("EndpointInstanceType"):
        found[f"{serving} for endpoint usage"] = FLEETS * int(values.get("EndpointInstanceCount", "1"))
    if monitoring := values.get("MonitoringInstanceType"):
        name = f"{monitoring} for processing job usage"
        # The hourly drift report may come while an execution prepares data.
        found[name] = found.get(name, 0) + 1
    return found


def _read(client: Client) -> dict[str, tuple[float, str]]:
    """Every quota's value and code by its name: the applied one where there is one, else AWS's default."""
    found = {}
    for operation in ("list_aws_default_service_quotas", "list_service_quotas"):
        for page in client.get_paginator(operation).paginate(ServiceCode=SERVICE):
            found.update({quota["QuotaName"]: (quota["Value"], quota["QuotaCode"]) for quota in page["Quotas"]})
    return found


def _sentence(name: str, quota: tuple[float, str], needed: int, region: str) -> str:
    value, code = quota
    return (
        f"The quota {name!r} is {value:g} in {region} and {needed} are needed; raise it with `aws service-quotas "
        f"request-service-quota-increase --service-code {SERVICE} --quota-code {code} --desired-value {needed} "
        f"--region {region}`, or choose another instance type."
    )

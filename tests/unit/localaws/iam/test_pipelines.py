"""Pipelines under their role, where IAM is enforced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from localaws.iam.authority import Authority

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Build, Runs

SAGEMAKER = "sagemaker.amazonaws.com"
MODEL = {"PrimaryContainer": {"Image": "image:1"}}


@pytest.fixture
def enforced(aws: Aws, runs: Runs) -> Runs:
    made = replace(aws, authority=Authority(aws.settings))
    return replace(runs, aws=made, api=type(runs.api)(made))


@pytest.mark.parametrize(
    ("allows", "status"), [(("sagemaker:CreateModel", "iam:PassRole"), "Succeeded"), (("iam:PassRole",), "Failed")]
)
def test_a_step_does_only_what_the_pipelines_role_allows(
    enforced: Runs, build: Build, make_role: Callable[..., str], allows: tuple[str, ...], status: str
) -> None:
    role = make_role("pipeline", SAGEMAKER, *allows)
    definition = build.text(build.step("Serve", kind="Model", Arguments={**MODEL, "ExecutionRoleArn": role}))
    enforced.api("CreatePipeline", PipelineName="line", PipelineDefinition=definition, RoleArn=role)
    arn = enforced.ended(enforced.start())
    step = enforced.steps(arn)["Serve"]
    assert step["StepStatus"] == status
    if status == "Failed":
        assert step["FailureReason"].startswith("ClientError: Failed to invoke sagemaker:CreateModel.")
        assert "assumed-role/pipeline/sagemaker is not authorized" in step["FailureReason"]


def test_a_step_fails_where_the_pipelines_role_cannot_be_taken_on(
    enforced: Runs, build: Build, make_role: Callable[..., str]
) -> None:
    role = make_role("functions", "lambda.amazonaws.com", "*")
    definition = build.text(build.step("Serve", kind="Model", Arguments={**MODEL, "ExecutionRoleArn": role}))
    enforced.api("CreatePipeline", PipelineName="line", PipelineDefinition=definition, RoleArn=role)
    arn = enforced.ended(enforced.start())
    assert "Could not assume role" in enforced.steps(arn)["Serve"]["FailureReason"]

"""Bring the pipelines in SageMaker up to date: create, update, or leave alone."""

import json
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import find_resource, is_existing
from pipelines.clients import Client
from pipelines.settings import Settings


def upsert_pipeline(sagemaker: Client, settings: Settings, definition: str) -> str:
    """Create the training pipeline or update it where it differs, and return its ARN."""
    ensure_group(sagemaker, settings)
    request = _request(settings, settings.pipeline_name, definition)
    return _upsert(sagemaker, settings, request, "From labelled images to a registered model")


def upsert_monitoring_pipeline(sagemaker: Client, settings: Settings, definition: str) -> str:
    """Create the monitoring pipeline or update it where it differs, and return its ARN."""
    request = _request(settings, settings.monitoring_pipeline_name, definition)
    return _upsert(sagemaker, settings, request, "Compares an hour's captures with the live version's baseline")


def _request(settings: Settings, name: str, definition: str) -> dict[str, Any]:
    return {"PipelineName": name, "PipelineDefinition": definition, "RoleArn": settings.role_arn}


def _upsert(sagemaker: Client, settings: Settings, request: dict[str, Any], description: str) -> str:
    current = find_resource(sagemaker.describe_pipeline, PipelineName=request["PipelineName"])
    if current is None and (created := _create(sagemaker, settings, request, description)):
        return created
    if current is None or _differs(current, request):
        arn = str(sagemaker.update_pipeline(**request)["PipelineArn"])
    else:
        arn = str(current["PipelineArn"])
    _add_missing_tags(sagemaker, settings, arn)
    return arn


def ensure_group(sagemaker: Client, settings: Settings) -> None:
    """Create the model package group with the project's tags; versions take theirs from it."""
    name = settings.model_package_group
    if find_resource(sagemaker.describe_model_package_group, ModelPackageGroupName=name) is not None:
        return
    try:
        sagemaker.create_model_package_group(
            ModelPackageGroupName=name,
            ModelPackageGroupDescription="Classifiers of bicycles and motorcycles",
            Tags=settings.aws_tags,
        )
    except ClientError as error:
        if not is_existing(error):
            raise


def _create(sagemaker: Client, settings: Settings, request: dict[str, Any], description: str) -> str | None:
    """Create the pipeline; return None when another start was quicker."""
    try:
        response = sagemaker.create_pipeline(
            **request,
            PipelineDescription=description,
            Tags=settings.aws_tags,
        )
    except ClientError as error:
        if is_existing(error):
            return None
        raise
    return str(response["PipelineArn"])


def _differs(current: dict[str, Any], request: dict[str, Any]) -> bool:
    """Compare what is there with what is wanted; how the JSON is spaced says nothing."""
    same_definition = json.loads(current["PipelineDefinition"]) == json.loads(request["PipelineDefinition"])
    return not same_definition or current["RoleArn"] != request["RoleArn"]


def _add_missing_tags(sagemaker: Client, settings: Settings, arn: str) -> None:
    """Set the tags that differ; those that someone else put there stay."""
    if not settings.aws_tags:
        return
    present = sagemaker.list_tags(ResourceArn=arn)["Tags"]
    missing = [tag for tag in settings.aws_tags if tag not in present]
    if missing:
        sagemaker.add_tags(ResourceArn=arn, Tags=missing)

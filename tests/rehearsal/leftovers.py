"""What an account still has of a project: each resource as `kind name`, as `scones destroy` names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

Client = Callable[[str], Any]

# Kind, service, operation, the member that lists, the member that names (empty: a list of names).
_LISTED = (
    ("bucket", "s3", "list_buckets", "Buckets", "Name"),
    ("role", "iam", "list_roles", "Roles", "RoleName"),
    ("function", "lambda", "list_functions", "Functions", "FunctionName"),
    ("layer", "lambda", "list_layers", "Layers", "LayerName"),
    ("state machine", "stepfunctions", "list_state_machines", "stateMachines", "name"),
    ("log group", "logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("topic", "sns", "list_topics", "Topics", "TopicArn"),
    ("queue", "sqs", "list_queues", "QueueUrls", ""),
    ("image repository", "ecr", "describe_repositories", "repositories", "repositoryName"),
    ("repository", "codecommit", "list_repositories", "repositories", "repositoryName"),
    ("build project", "codebuild", "list_projects", "projects", ""),
    ("rule", "events", "list_rules", "Rules", "Name"),
    ("alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("dashboard", "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("schedule", "scheduler", "list_schedules", "Schedules", "Name"),
    ("pipeline", "sagemaker", "list_pipelines", "PipelineSummaries", "PipelineName"),
    ("endpoint", "sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
    ("endpoint configuration", "sagemaker", "list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
    ("model", "sagemaker", "list_models", "Models", "ModelName"),
    (
        *("model package group", "sagemaker", "list_model_package_groups"),
        *("ModelPackageGroupSummaryList", "ModelPackageGroupName"),
    ),
    (
        *("monitoring schedule", "sagemaker", "list_monitoring_schedules"),
        *("MonitoringScheduleSummaries", "MonitoringScheduleName"),
    ),
)
# SageMaker's and CodeBuild's log groups of a whole account, which belong to no project.
_NOT_OURS = ("/aws/sagemaker/TrainingJobs", "/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TransformJobs")


def find(client: Client, project: str, key: str | None) -> set[str]:
    """All resources with the project's name, its stack, and its key unless its deletion is pending."""
    found = {f"{kind} {name}" for kind, name in _all(client) if _is_of(project, name) and name not in _NOT_OURS}
    if _stack(client, project):
        found.add(f"stack {project}")
    if key and client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion":
        found.add(f"key {key.rpartition('/')[2]}")
    return found


def _all(client: Client) -> Iterator[tuple[str, str]]:
    for kind, service, operation, listed, named in _LISTED:
        asked = client(service)
        pages = (
            asked.get_paginator(operation).paginate()
            if asked.can_paginate(operation)
            else [getattr(asked, operation)()]
        )
        for page in pages:
            for entry in page.get(listed) or []:
                yield kind, (entry[named] if named else entry).rpartition(":" if kind == "topic" else " ")[2]


def _is_of(project: str, name: str) -> bool:
    own = name.rstrip("/").rpartition("/")[2]
    return own == project or own.startswith(f"{project}-")


def _stack(client: Client, name: str) -> bool:
    with suppress(ClientError):
        [stack] = client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return bool(stack["StackStatus"] != "DELETE_COMPLETE")
    return False

"""The SageMaker service: all of its operations that the local AWS has."""

from __future__ import annotations

from collections.abc import Mapping

from localaws.protocol import Operation, Service
from localaws.sagemaker import (
    closed,
    endpoint_configs,
    endpoint_updates,
    endpoints,
    jobs,
    model_package_groups,
    model_packages,
    models,
    monitoring_definitions,
    monitoring_executions,
    monitoring_schedules,
    pipeline_executions,
    pipelines,
    tags,
    tuning_jobs,
)

OPERATIONS: Mapping[str, Operation] = {
    **endpoint_configs.OPERATIONS,
    **endpoint_updates.OPERATIONS,
    **endpoints.OPERATIONS,
    **jobs.OPERATIONS,
    **model_package_groups.OPERATIONS,
    **model_packages.OPERATIONS,
    **models.OPERATIONS,
    **closed.to_new_accounts(monitoring_definitions.OPERATIONS),
    **monitoring_executions.OPERATIONS,
    **closed.to_new_accounts(monitoring_schedules.OPERATIONS),
    **pipeline_executions.OPERATIONS,
    **pipelines.OPERATIONS,
    **tags.OPERATIONS,
    **tuning_jobs.OPERATIONS,
}


SAGEMAKER = Service("SageMaker", "sagemaker", OPERATIONS)

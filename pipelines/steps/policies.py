"""When a step may reuse a former result, and when it is worth trying again."""

from pipelines.sdk import (
    CacheConfig,
    RetryPolicy,
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)

CACHE = CacheConfig(enable_caching=True, expire_after="P30D")


def step_retries() -> list[RetryPolicy]:
    """Try again soon when a service stumbled or asked for patience: 5 s, then twice as long, five times."""
    return [
        StepRetryPolicy(
            [StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING],
            interval_seconds=5,
            backoff_rate=2.0,
            max_attempts=5,
        )
    ]


def job_retries() -> list[RetryPolicy]:
    """Retry a job like any step; also where SageMaker failed inside it, and while machines are scarce.

    An internal error gets three attempts, half a minute apart and doubling. For capacity and quotas only
    time helps: from one minute, growing by half, for two hours.
    """
    return [
        *step_retries(),
        SageMakerJobStepRetryPolicy(
            failure_reason_types=[SageMakerJobExceptionTypeEnum.INTERNAL_ERROR],
            interval_seconds=30,
            backoff_rate=2.0,
            max_attempts=3,
        ),
        SageMakerJobStepRetryPolicy(
            exception_types=[SageMakerJobExceptionTypeEnum.RESOURCE_LIMIT],
            failure_reason_types=[SageMakerJobExceptionTypeEnum.CAPACITY_ERROR],
            interval_seconds=60,
            backoff_rate=1.5,
            expire_after_mins=120,
        ),
    ]

"""Lambda calls as the workflows make them: a time limit, and a Retry for what may pass."""

from __future__ import annotations

from typing import Any

from stepfunctions.steps import Catch, LambdaStep, Retry

# What classify_image calls the endpoint's failures.
ENDPOINT_FAILURES = ["EndpointNotReady", "ModelNotReady", "ModelFailed", "Throttled"]
# What Step Functions calls Lambda's: https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
PASSING = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",  # the function's process was ended from outside, or ran out of memory
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
    *ENDPOINT_FAILURES,
]


def function_task(
    name: str,
    function: str,
    payload: dict[str, Any] | str,
    seconds: int,
    catch: list[Catch],
    output_path: str = "$.Payload",
) -> LambdaStep:
    """A Task that gives a payload, or the part of its input at a path, and answers the function's answer alone.

    `seconds` is the limit of one attempt.
    """
    given = {"Payload.$": payload} if isinstance(payload, str) else {"Payload": payload}
    return LambdaStep(
        state_id=name,
        parameters={"FunctionName": function, **given},
        timeout_seconds=seconds,
        output_path=output_path,
        retry=Retry(error_equals=PASSING, interval_seconds=1, max_attempts=4, backoff_rate=2.0),
        catch=catch,
    )

"""InvokeEndpoint: one request to a model, one answer or one of AWS's errors, measured and captured."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from localaws.aws import Aws
from localaws.hosting.instance import LOG_GROUP
from localaws.jobs.inference_pipeline import list_names
from localaws.records import endpoints
from localaws.serving.captures import Exchange, Payload
from localaws.serving.instance import Reply, ServerGone
from localaws.serving.metrics import Measured
from localaws.serving.router import Lease, Router

LARGEST_BODY = 6 * 1024 * 1024
_ATTEMPTS = 3
_LONGEST_MESSAGE = 1024
_CUSTOM_ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"
_INFERENCE_ID = "x-amzn-sagemaker-inference-id"
_TARGET_VARIANT = "x-amzn-sagemaker-target-variant"
_TARGET_CONTAINER = "x-amzn-sagemaker-target-container-hostname"
# What the container gets of the request's headers.
_PASSED_ON = ("content-type", "accept", _CUSTOM_ATTRIBUTES, _INFERENCE_ID)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def invoke(aws: Aws, endpoint: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Answer InvokeEndpoint; `headers` has the request's headers, their names in lower case."""
    began = time.monotonic_ns()
    if len(body) > LARGEST_BODY:
        return _error(413, "ValidationError", f"The body has {len(body)} bytes; at most {LARGEST_BODY} are allowed.")
    router = aws.live.routers.get(endpoint)
    if router is None:
        return _error(400, "ValidationError", _absent(aws, endpoint))
    passed = {"content-type": "application/json"} | {name: headers[name] for name in _PASSED_ON if name in headers}
    target = headers.get(_TARGET_CONTAINER)
    for _ in range(_ATTEMPTS):
        lease = router.lease(headers.get(_TARGET_VARIANT))
        if lease is None:
            return _nobody(endpoint, headers.get(_TARGET_VARIANT), router)
        try:
            mistaken = _check_target(lease, target)
            if mistaken:
                return _error(400, "ValidationError", mistaken)
            asked = time.monotonic_ns()
            try:
                reply = await lease.instance.post(body, passed, target)
            except ServerGone:
                # An instance that has just ended; the next one in turn is asked.
                continue
            except TimeoutError:
                reply = None
            times = began, asked, time.monotonic_ns()
            # Who asked need not wait for what is noted of it.
            asyncio.get_running_loop().call_soon(_note, aws, endpoint, lease, passed, body, reply, times)
            return _answer(aws, endpoint, lease, reply)
        finally:
            router.give_back(lease)
    return _unavailable(endpoint)


def _answer(aws: Aws, endpoint: str, lease: Lease, reply: Reply | None) -> Answer:
    if reply is None:
        words = "Your invocation timed out while waiting for a response from container primary."
        return _model_error(aws, endpoint, Reply(0, {}, words.encode()))
    if not _is_success(reply):
        return _model_error(aws, endpoint, reply)
    headers = {"content-type": _content_type(reply), "x-amzn-invoked-production-variant": lease.variant.name}
    if _CUSTOM_ATTRIBUTES in reply.headers:
        headers[_CUSTOM_ATTRIBUTES] = reply.headers[_CUSTOM_ATTRIBUTES]
    return Answer(200, headers, reply.body)


def _is_success(reply: Reply) -> bool:
    return 200 <= reply.status < 300


def _content_type(reply: Reply) -> str:
    return reply.headers.get("content-type", "application/octet-stream")


def _note(
    aws: Aws,
    endpoint: str,
    lease: Lease,
    sent: Mapping[str, str],
    body: bytes,
    reply: Reply | None,
    times: tuple[int, int, int],
) -> None:
    """Count an invocation, and capture it if it was answered."""
    began, asked, answered = times
    measured = Measured(
        endpoint,
        lease.variant.name,
        status=reply.status if reply else 0,
        model_latency=(answered - asked) // 1000,
        overhead_latency=(asked - began + time.monotonic_ns() - answered) // 1000,
        instances=len(lease.variant.instances),
    )
    aws.live.metrics.add(measured)
    if reply and _is_success(reply):
        exchange = Exchange(
            endpoint,
            lease.variant.name,
            Payload(sent["content-type"], body),
            Payload(_content_type(reply), reply.body),
            sent.get(_INFERENCE_ID),
            lease.fleet.plan.role,
        )
        aws.live.captures.add(lease.fleet.plan.capture, exchange)


def _check_target(lease: Lease, target: str | None) -> str | None:
    """What is wrong with the container that a request names, or does not name."""
    variant = next(item for item in lease.fleet.plan.variants if item.name == lease.variant.name)
    if not variant.direct:
        return (
            f"The variant {variant.name} asks its containers in turn; leave out TargetContainerHostname {target}."
            if target
            else None
        )
    names = list_names(variant.containers)
    if target in names:
        return None
    return f"TargetContainerHostname {target or 'is missing; it'} must be one of {', '.join(names)}."


def _model_error(aws: Aws, endpoint: str, reply: Reply) -> Answer:
    status, words = reply.status, reply.body.decode("utf-8", errors="replace")
    side = "client" if 400 <= status < 500 else "server"
    settings = aws.settings
    group = f"{LOG_GROUP}/{endpoint}"
    said = words[:_LONGEST_MESSAGE]
    message = (
        f'Received {side} error ({status}) from {reply.container} with message "{said}". '
        f"See {group} in account {settings.account} for more information."
    )
    arn = f"arn:aws:logs:{settings.region}:{settings.account}:log-group:{group}"
    return _error(424, "ModelError", message, OriginalStatusCode=status, OriginalMessage=said, LogStreamArn=arn)


def _absent(aws: Aws, endpoint: str) -> str:
    document = endpoints.find(aws, endpoint)
    if document is None:
        return f"Endpoint {endpoint} of account {aws.settings.account} not found."
    return f"Endpoint {endpoint} of account {aws.settings.account} is {document['EndpointStatus']} and does not serve."


def _nobody(endpoint: str, wanted: str | None, router: Router) -> Answer:
    names = sorted({name for fleet in router.fleets for name in fleet.variants})
    if wanted is None or wanted in names:
        return _unavailable(endpoint)
    message = f"Variant {wanted} not found for Endpoint {endpoint}; it has {', '.join(names)}."
    return _error(400, "ValidationError", message)


def _unavailable(endpoint: str) -> Answer:
    return _error(503, "ServiceUnavailable", f"No instance of {endpoint} answers; see {LOG_GROUP}/{endpoint}.")


def _error(status: int, code: str, message: str, **members: object) -> Answer:
    body = json.dumps({"Message": message, "message": message, **members}).encode()
    return Answer(status, {"content-type": "application/json", "x-amzn-errortype": code}, body)

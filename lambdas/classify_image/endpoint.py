"""The endpoint: asked, with its failures by the names that the workflow's Retry and Catch know, and its answer read."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from common.aws_errors import THROTTLED, get_code
from common.workflow import BadPicture, Throttled


class BadAnswer(Exception):
    """The endpoint answered something that is not one probability a label."""


class EndpointNotReady(Exception):
    """The endpoint is not there, or starts, or is being replaced."""


class ModelNotReady(Exception):
    """The endpoint loads its model."""


class ModelFailed(Exception):
    """The model's server failed on its own account."""


_NAMES: dict[str, type[Exception]] = {
    "ModelNotReadyException": ModelNotReady,
    **dict.fromkeys(THROTTLED, Throttled),
    "ServiceUnavailable": EndpointNotReady,
    "ServiceUnavailableException": EndpointNotReady,
    "ValidationError": EndpointNotReady,
    "ValidationException": EndpointNotReady,
    "InternalFailure": ModelFailed,
    "InternalFailureException": ModelFailed,
    "InternalDependencyException": ModelFailed,
}


class Endpoint:
    """Asks SageMaker's endpoints. `runtime` is boto3's `sagemaker-runtime` client."""

    def __init__(self, runtime: Any) -> None:  # noqa: ANN401 - boto3's clients have no static type
        self._runtime = runtime

    def ask(self, endpoint_name: str, image: bytes, inference_id: str) -> bytes:
        """Send a PNG and give the answer's bytes; raises one of this function's errors."""
        try:
            answer = self._runtime.invoke_endpoint(
                EndpointName=endpoint_name,
                ContentType="image/png",
                Accept="application/json",
                InferenceId=inference_id,
                Body=image,
            )
            body: bytes = answer["Body"].read()
        except ClientError as error:
            raise _named(error, endpoint_name) from error
        except (ConnectionError, HTTPClientError) as error:
            raise EndpointNotReady(f"The endpoint {endpoint_name} does not answer: {error}") from error
        return body


def _named(error: ClientError, endpoint_name: str) -> Exception:
    code = get_code(error)
    sentence = f"The endpoint {endpoint_name} said: {error.response['Error'].get('Message', code)}"
    if code == "ModelError":
        refused = 400 <= int(error.response.get("OriginalStatusCode", 500)) < 500
        return (BadPicture if refused else ModelFailed)(sentence)
    kind = _NAMES.get(code)
    return error if kind is None else kind(sentence)


@dataclass(frozen=True)
class Prediction:
    """One probability a label, in the labels' order."""

    labels: tuple[str, ...]
    probabilities: tuple[float, ...]

    @property
    def confidence(self) -> float:
        return max(self.probabilities)

    @property
    def label(self) -> str:
        return self.labels[self.probabilities.index(self.confidence)]


def parse(body: bytes, labels: Sequence[str]) -> Prediction:
    """Read the JSON list that the built-in image classification answers; raises BadAnswer."""
    try:
        answer = json.loads(body)
    except ValueError:
        raise BadAnswer(f"The endpoint answered {body[:80]!r}, which is not JSON: see its log.") from None
    if not isinstance(answer, list) or len(answer) != len(labels) or not all(_is_probability(one) for one in answer):
        raise BadAnswer(f"The endpoint answered {str(answer)[:80]}, where {len(labels)} probabilities are expected.")
    return Prediction(tuple(labels), tuple(float(one) for one in answer))


def _is_probability(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and -1e-6 <= value <= 1.001
    )

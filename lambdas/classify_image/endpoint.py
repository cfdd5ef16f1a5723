"""The endpoint, with its failures by name."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from classify_image.errors import EndpointNotReady, ModelFailed, ModelNotReady
from common.aws_errors import THROTTLED, get_code
from common.workflow import BadPicture, Throttled

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

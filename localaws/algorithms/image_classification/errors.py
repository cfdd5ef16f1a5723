"""The two kinds of failure that SageMaker's algorithms tell apart, and how they are told."""

from localaws.algorithms.image_classification.container import Container
from localaws.algorithms.image_classification.log import log_error


class ClientError(Exception):
    """What the user gave cannot be trained on; the message is one sentence that says what to change."""


def report_failure(container: Container, error: Exception) -> None:
    """Log an error and leave its words in ``output/failure``, where SageMaker finds the FailureReason.

    AWS's algorithms log ``Customer Error`` and report ``ClientError`` for the user's mistakes, and
    ``Algorithm Error`` and ``AlgorithmError`` for their own.
    """
    if isinstance(error, ClientError):
        log_error(f"Customer Error: {error}")
        reason = f"ClientError: {error}"
    else:
        cause = f"{error} (caused by {type(error).__name__})"
        log_error(f"Algorithm Error: {cause}")
        reason = f"AlgorithmError: {cause}"
    container.failure.parent.mkdir(parents=True, exist_ok=True)
    container.failure.write_text(reason, encoding="utf-8")

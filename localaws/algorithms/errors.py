"""The two kinds of failure that SageMaker's algorithms tell apart, and where they are told."""

from localaws.algorithms.container import Container


class ClientError(Exception):
    """What the user gave cannot be trained on; the message is one sentence that says what to change."""


def write_failure(container: Container, error: Exception) -> str:
    """Leave an error's words in ``output/failure``, where SageMaker finds the FailureReason; gives the line to log.

    AWS's algorithms log ``Customer Error`` and report ``ClientError`` for the user's mistakes, and
    ``Algorithm Error`` and ``AlgorithmError`` for their own.
    """
    if isinstance(error, ClientError):
        line, reason = f"Customer Error: {error}", f"ClientError: {error}"
    else:
        cause = f"{error} (caused by {type(error).__name__})"
        line, reason = f"Algorithm Error: {cause}", f"AlgorithmError: {cause}"
    container.failure.parent.mkdir(parents=True, exist_ok=True)
    container.failure.write_text(reason, encoding="utf-8")
    return line

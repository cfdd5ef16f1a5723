"""Why a job failed, in SageMaker's categories: the customer's data, the customer's program, or the service."""

from __future__ import annotations

_LONGEST_REASON = 1_024
_COMMAND = '\nCommand "'
_LONGEST_COMMAND = 200


class JobFailure(Exception):
    """Ends a job as Failed; the text becomes its FailureReason."""


class ClientFailure(JobFailure):
    """What the request names cannot be used (AWS: `ClientError: ...`)."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"ClientError: {sentence}")


class AlgorithmFailure(JobFailure):
    """The program ended with another exit code than 0 (AWS: `AlgorithmError: ...`)."""

    def __init__(self, words: str, exit_code: int) -> None:
        said = words.strip() or "the program said nothing; see the job's logs"
        # A program that follows AWS's algorithms names the category itself.
        beginning = "" if said.startswith(("ClientError:", "AlgorithmError:")) else "AlgorithmError: "
        # A program that a signal ends has what Docker answers: 137 for a kill.
        ending = f", exit code: {exit_code if exit_code >= 0 else 128 - exit_code}"
        super().__init__(f"{beginning}{_shorten(said, _LONGEST_REASON - len(beginning + ending))}{ending}")


def _shorten(said: str, room: int) -> str:
    """The end of a text, where the cause is; of what the training toolkit writes, the command behind it gives way."""
    message, mark, command = said.rpartition(_COMMAND)
    if len(said) > room and message and len(command) > _LONGEST_COMMAND:
        said = f'{message}{mark}{command[:_LONGEST_COMMAND]}..."'
    return said if len(said) <= room else f"...{said[-(room - 3) :]}"

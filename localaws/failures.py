"""Why a job failed, in SageMaker's categories: the customer's data, the customer's program, or the service."""

from __future__ import annotations


class JobFailure(Exception):
    """Ends a job as Failed; the text becomes its FailureReason, the program's own words its ExitMessage."""

    exit_message: str | None = None


class ClientFailure(JobFailure):
    """What the request names cannot be used (AWS: `ClientError: ...`)."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"ClientError: {sentence}")


class AlgorithmFailure(JobFailure):
    """The program ended with another exit code than 0 (AWS: `AlgorithmError: ...`)."""

    def __init__(self, words: str, exit_code: int) -> None:
        said = words.strip() or "the program said nothing; see the job's logs"
        # A program that follows AWS's algorithms names the category itself.
        text = said if said.startswith(("ClientError:", "AlgorithmError:")) else f"AlgorithmError: {said}"
        super().__init__(f"{text}, exit code: {exit_code}"[:1024])
        self.exit_message = words or None

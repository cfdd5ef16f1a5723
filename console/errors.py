"""What went wrong, in one sentence for the person at the terminal."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot continue; the message says what was given, what is allowed and what to do."""

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def explain(error: Exception) -> str | None:
    """The sentence for an error that a user can meet; None for one that is a defect of ours."""
    from botocore import exceptions

    from localaws.command.session import SessionError
    from localaws.process import ProcessError
    from localaws.settings import SettingsError
    from pipelines.errors import PipelineError
    from seedcode.errors import PackagingError, StackError

    if isinstance(error, exceptions.ClientError):
        said = error.response.get("Error", {})
        if said.get("Code") == "NoSuchBucket":
            named = said.get("BucketName")
            return (
                f"There is no bucket {named or 'of this name'}. The project's comes with its stack: `scones up` "
                "deploys it to the local AWS, `scones deploy` to either target; of another address, check the name."
            )
        return f"AWS refused {error.operation_name}: {said.get('Code')}: {said.get('Message')}"
    if isinstance(error, exceptions.EndpointConnectionError | exceptions.ConnectionClosedError):
        return f"{error} If it is the local AWS, start it with `scones up`."
    if isinstance(error, exceptions.NoCredentialsError):
        return "No AWS credentials were found; set AWS_PROFILE, or sign in with `aws sso login`."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}."
    ours = (CommandError, PipelineError, PackagingError, StackError, SettingsError, ProcessError, SessionError)
    return str(error) if isinstance(error, (*ours, exceptions.BotoCoreError)) else None

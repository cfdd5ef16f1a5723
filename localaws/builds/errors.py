"""What goes wrong with a build, said in one sentence under the status code that CodeBuild gives its phase."""

from __future__ import annotations

CLIENT_ERROR = "CLIENT_ERROR"
COMMAND_EXECUTION_ERROR = "COMMAND_EXECUTION_ERROR"
YAML_FILE_ERROR = "YAML_FILE_ERROR"


class BuildError(Exception):
    """What was given, what is allowed, what to do; `code` is the status code of the phase's context."""

    def __init__(self, message: str, code: str = CLIENT_ERROR) -> None:
        super().__init__(message)
        self.code = code

"""What goes wrong in a deployment, said in one sentence."""


class EndpointBusy(Exception):
    """The endpoint is changing, so nothing can be done now; the event is delivered again and then it can.

    Raising hands the event back: Lambda retries an asynchronous call and puts it into the dead-letter queue at last.
    """


class VersionRefused(Exception):
    """The artifact of a version is not what the registry names, or cannot be had; nothing of it may go live."""

    def __init__(self, version: int, reason: str, remedy: str) -> None:
        """Say why and what to do; `summary` is short enough for a tag."""
        self.summary = f"Version {version} is refused: {reason}"
        super().__init__(f"{self.summary}. {remedy}")


class RemovalUnfinished(Exception):
    """Something of the endpoint is still there when the function's time is over."""

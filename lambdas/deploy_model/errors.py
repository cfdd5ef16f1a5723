"""What goes wrong in a deployment, said in one sentence."""


class SettingsError(Exception):
    """The function's environment is incomplete or holds a value that AWS would refuse."""


class EndpointBusy(Exception):
    """The endpoint is changing, so nothing can be done now; the event is delivered again and then it can.

    Raising hands the event back: Lambda retries an asynchronous call and puts it into the dead-letter queue at last.
    """


class RemovalUnfinished(Exception):
    """Something of the endpoint is still there when the function's time is over."""

"""What can go wrong between a picture and its answer; the workflow's Retry and Catch know these by their names."""


class Refusal(Exception):
    """Not worth another try: the message is one sentence for the person who asked."""


class BadRequest(Refusal):
    """The event does not say what is to be classified."""


class BadPicture(Refusal):
    """The model's server does not take the picture."""


class NotFound(Refusal):
    """The serialized picture is not there."""


class BadAnswer(Exception):
    """The endpoint answered something that is not one probability a label."""


class EndpointNotReady(Exception):
    """The endpoint is not there, or starts, or is being replaced."""


class ModelNotReady(Exception):
    """The endpoint loads its model."""


class ModelFailed(Exception):
    """The model's server failed on its own account."""


class Throttled(Exception):
    """Too many requests at once."""

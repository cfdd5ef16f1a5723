"""What can go wrong at the endpoint; the workflow's Retry and Catch know these by their names."""


class BadAnswer(Exception):
    """The endpoint answered something that is not one probability a label."""


class EndpointNotReady(Exception):
    """The endpoint is not there, or starts, or is being replaced."""


class ModelNotReady(Exception):
    """The endpoint loads its model."""


class ModelFailed(Exception):
    """The model's server failed on its own account."""

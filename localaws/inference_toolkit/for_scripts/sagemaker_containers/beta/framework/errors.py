"""The errors that scripts raise or catch."""

from sagemaker_containers.beta.framework.encoders import UnsupportedFormatError

__all__ = ["ClientError", "UnsupportedFormatError"]


class ClientError(Exception):
    """The script or its input is wrong."""

"""The error that scripts raise or catch."""

from sagemaker_inference.encoder import UnsupportedFormatError

__all__ = ["UnsupportedFormatError"]

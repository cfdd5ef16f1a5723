"""Zips for Lambda: one a function, and the layer that the functions share."""

from seedcode.errors import PackagingError
from seedcode.packaging.function import build_function, list_functions
from seedcode.packaging.layer import build_layer

__all__ = ["PackagingError", "build_function", "build_layer", "list_functions"]

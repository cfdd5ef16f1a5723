"""What goes wrong while packing, with the container image and with the stack.

Each is a sentence for the person at the keyboard or at a build's log: what was given, what is allowed, what to do.
"""


class PackagingError(Exception):
    """A file, function or layer cannot be packed."""


class ImageError(PackagingError):
    """The container image cannot be built, or may not be used."""


class StackError(Exception):
    """The stack cannot be what was asked for."""

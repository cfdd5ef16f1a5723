"""What goes wrong with the image, said in one sentence."""

from seedcode.packaging.errors import PackagingError


class ImageError(PackagingError):
    """A sentence for who reads the build's log: what was given, what is allowed, what to do."""

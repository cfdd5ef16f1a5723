"""What goes wrong with a seed, said in one sentence."""

from seedcode.packaging.errors import PackagingError


class SeedError(PackagingError):
    """A sentence for the person at the keyboard: what was given, what is allowed, what to do."""

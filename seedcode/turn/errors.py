"""What goes wrong while a build waits, said in one sentence."""

from seedcode.packaging.errors import PackagingError


class TurnError(PackagingError):
    """A sentence for who reads the build's log: what was given, what is allowed, what to do."""

"""What goes wrong while packing, said in one sentence."""


class PackagingError(Exception):
    """A sentence for the person at the keyboard: what was given, what is allowed, what to do."""

"""The one error of this room."""


class ArchiveError(Exception):
    """A data set archive cannot be drawn, fetched or used; its message is a sentence with cause and mend."""

"""The one error of this room."""


class ArchiveError(Exception):
    """A data set archive cannot be drawn, fetched or used; the message is one sentence with cause and mend."""

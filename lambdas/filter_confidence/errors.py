"""What can be wrong with an answer that is to be judged; the workflow's Catch knows these by their names."""


class Throttled(Exception):
    """S3 asks for fewer calls, or fails for a moment: the workflow's Retry knows it by its name."""


class BadRequest(Exception):
    """The event is not what classify_image answered, or its threshold is none."""

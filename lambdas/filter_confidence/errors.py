"""What can be wrong with an answer that is to be judged; the workflow's Catch knows these by their names."""


class BadRequest(Exception):
    """The event is not what classify_image answered, or its threshold is none."""

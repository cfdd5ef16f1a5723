"""What can be wrong with an answer that is to be judged; the workflow's Catch knows these by their names."""


class Refusal(Exception):
    """Not worth another try: the message is one sentence for the person who sent the image."""


class Throttled(Exception):
    """S3 asks for fewer calls, or fails for a moment: the workflow's Retry knows it by its name."""


class BadRequest(Refusal):
    """The event is not what classify_image answered, or its threshold is none."""


class BadPicture(Refusal):
    """What lies at the address is no image that a person could be shown; serialize_image saw another one."""


class NotFound(Refusal):
    """The image is gone since serialize_image read it."""

"""What can be wrong with a request or a picture; the workflow's Catch knows these by their names."""


class Refusal(Exception):
    """Not worth another try: the message is one sentence for the person who sent the picture."""


class BadRequest(Refusal):
    """The event does not say which picture is meant."""


class BadPicture(Refusal):
    """The picture is not one that the model can be asked about."""


class SizeUnknown(Exception):
    """The workflow does not say which image size the live version takes: no image is to blame, and no guess is made."""


class Throttled(Exception):
    """S3 asks for fewer calls, or fails for a moment: worth another try."""


class NotFound(Refusal):
    """S3 has no such object, or it may not be read."""

"""Why the container cannot do its work, in one sentence for the execution's message."""


class Refusal(Exception):
    """What was given, what is allowed, what to do."""

"""The one way in which monitoring says no."""


class Refusal(Exception):
    """What was given, what is allowed and what to do, in one sentence that a person can act on."""

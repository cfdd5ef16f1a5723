"""What goes wrong in a refresh, said in one sentence."""


class RefreshError(Exception):
    """The endpoint or a template is not what this function can work with."""

"""What goes wrong in a refresh, said in one sentence."""


class SettingsError(Exception):
    """The function's environment is incomplete or holds a value that cannot be."""


class RefreshError(Exception):
    """The endpoint or a template is not what this function can work with."""

"""The command that messages name: the local AWS's own, where it is installed without Scones."""

from importlib.util import find_spec

COMMAND = "scones images" if find_spec("console") else "localaws images"

"""What goes wrong with the stack, said in one sentence."""


class StackError(Exception):
    """A sentence for the person at the keyboard: what was given, what is allowed, what to do."""

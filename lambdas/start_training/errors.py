"""What goes wrong on the way to an execution, said in one sentence."""


class NothingToTrainOn(Exception):
    """There is no archive under raw/ that a version could be trained on; a person has to put one there."""

"""What goes wrong on the way to a running pipeline, said in one sentence."""


class PipelineError(Exception):
    """A sentence for the person at the keyboard: what was given, what is allowed, what to do."""


class NoDataError(PipelineError):
    """Nothing was brought yet that a model could be trained on: a new project's state, and no fault."""

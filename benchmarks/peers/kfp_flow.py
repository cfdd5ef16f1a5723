"""Trivial steps in Kubeflow Pipelines' local runner, as subprocesses without environments of their own."""

import sys

from kfp import dsl, local

STEPS = int(sys.argv[1])


@dsl.component
def nothing() -> int:
    """Do nothing."""
    return 0


@dsl.pipeline
def steps_in_a_row():
    """Run the steps one after the other."""
    before = None
    for _ in range(STEPS):
        task = nothing()
        if before is not None:
            task.after(before)
        before = task


if __name__ == "__main__":
    local.init(runner=local.SubprocessRunner(use_venv=False))
    steps_in_a_row()

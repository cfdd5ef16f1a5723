"""Five trivial steps in Kubeflow Pipelines' local runner, as subprocesses without environments of their own."""

from kfp import dsl, local


@dsl.component
def nothing() -> int:
    """Do nothing."""
    return 0


@dsl.pipeline
def five_steps():
    """Run five steps in a row."""
    before = None
    for _ in range(5):
        task = nothing()
        if before is not None:
            task.after(before)
        before = task


if __name__ == "__main__":
    local.init(runner=local.SubprocessRunner(use_venv=False))
    five_steps()

"""Runs one execution: steps start when what they wait for has ended, side by side up to the parallelism."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from localaws.aws import Aws
from localaws.engine import callbacks, records, selection
from localaws.engine.attempt import run_step
from localaws.engine.definition import Step, parse
from localaws.store import StoreError, retry_until_stored
from localaws.tasks import Stop

_PARALLEL = 50  # AWS's default
INTERRUPTED = (
    "InternalServerError: The local AWS was stopped while this ran; "
    "RetryPipelineExecution (`scones retry`) goes on from here."
)


def start(aws: Aws, arn: str) -> None:
    """Run an execution in the background."""
    aws.tasks.start(arn, lambda stop: run(aws, arn, stop))


def run(aws: Aws, arn: str, stop: Stop) -> None:
    """Take an execution from Executing to its end. Steps that have succeeded before (a retry) are not run again."""
    try:
        _run(aws, arn, stop)
    except StoreError as error:
        reason = f"InternalServerError: {error} RetryPipelineExecution (`scones retry`) goes on from here."
        retry_until_stored(lambda: interrupt(aws, arn, reason))


def _run(aws: Aws, arn: str, stop: Stop) -> None:
    definition = parse(records.definition(aws, arn))
    selected = selection.select_steps(definition, records.execution(aws, arn))
    progress = _Progress(selected, _succeeded(aws, arn))
    with ThreadPoolExecutor(max(1, len(definition.steps)), thread_name_prefix=arn) as pool:
        running: dict[Future[str], Step] = {}

        def begin(steps: Sequence[Step]) -> None:
            for step in steps:
                progress.start(step)
                running[pool.submit(run_step, aws, arn, step, stop)] = step

        # What waited for a callback before a restart still waits for it, also where the execution is being stopped.
        waiting = callbacks.steps_of(aws, arn)
        begin([step for step in progress.ready() if step.name in waiting])
        while True:
            if not stop.requested and not progress.failed:
                begin(progress.ready()[: max(0, _parallel(aws, arn) - len(running))])
            if not running:
                break
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                step = running.pop(future)
                status = "Failed" if future.exception() else future.result()
                progress.end(step, status, _outcome(aws, arn, step))
    _finish(aws, arn, progress, stop)


def _parallel(aws: Aws, arn: str) -> int:
    """How many steps of an execution may run at once, which may change while it runs."""
    chosen = records.execution(aws, arn).get("ParallelismConfiguration") or {}
    return int(chosen.get("MaxParallelExecutionSteps", _PARALLEL))


def interrupt(aws: Aws, arn: str, reason: str = INTERRUPTED) -> None:
    """End an execution whose process was killed, so that it can be retried from the step that it was at."""
    callbacks.close_all(aws, arn)
    for name in sorted(_under_way(aws, arn)):
        records.change_step(aws, arn, name, StepStatus="Failed", FailureReason=reason)
    if records.execution(aws, arn)["PipelineExecutionStatus"] == "Stopping":
        records.change_execution(aws, arn, "Stopped")
    else:
        records.change_execution(aws, arn, "Failed", f"Step failure: {reason}")


def can_resume(aws: Aws, arn: str) -> bool:
    """Whether an execution only waited for callbacks when its process ended: it has lost nothing and goes on."""
    waiting = _under_way(aws, arn)
    return bool(waiting) and waiting <= callbacks.steps_of(aws, arn)


def _under_way(aws: Aws, arn: str) -> set[str]:
    found = records.steps(aws, arn)
    return {name for name, step in found.items() if step["StepStatus"] in ("Starting", "Executing", "Stopping")}


class _Progress:
    """Which steps have ended, and which may therefore start."""

    def __init__(self, steps: Mapping[str, Step], succeeded: dict[str, str | None]) -> None:
        self._waiting = {name: step for name, step in steps.items() if name not in succeeded}
        self._ended = dict(succeeded)
        self.failed = False

    def ready(self) -> list[Step]:
        """The steps that can start now."""
        return [
            step
            for step in self._waiting.values()
            if all(name in self._ended for name in step.waits_for)
            and (step.guard is None or self._ended[step.guard.condition] == step.guard.outcome)
        ]

    def start(self, step: Step) -> None:
        """Take a step off the waiting list."""
        del self._waiting[step.name]

    def end(self, step: Step, status: str, outcome: str | None) -> None:
        """Note how a step ended; `outcome` is a condition's."""
        self.failed = self.failed or status == "Failed"
        if status == "Succeeded":
            self._ended[step.name] = outcome


def _succeeded(aws: Aws, arn: str) -> dict[str, str | None]:
    return {
        name: item.get("Outputs", {}).get("Outcome")
        for name, item in records.steps(aws, arn).items()
        if item["StepStatus"] == "Succeeded"
    }


def _outcome(aws: Aws, arn: str, step: Step) -> str | None:
    if step.type != "Condition":
        return None
    outcome: str | None = records.step_named(aws, arn, step.name).get("Outputs", {}).get("Outcome")
    return outcome


def _finish(aws: Aws, arn: str, progress: _Progress, stop: Stop) -> None:
    if progress.failed:
        reasons = [
            f"{name}: {step.get('FailureReason', '')}"
            for name, step in records.steps(aws, arn).items()
            if step["StepStatus"] == "Failed"
        ]
        reason = "Step failure: One or multiple steps failed. " + " | ".join(reasons)
        records.change_execution(aws, arn, "Failed", reason)
    elif stop.requested:
        records.change_execution(aws, arn, "Stopped")
    else:
        records.change_execution(aws, arn, "Succeeded")

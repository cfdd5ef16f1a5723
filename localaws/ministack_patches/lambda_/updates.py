"""An update of a function under its calls: each of them runs to its end where it began.

MiniStack ends a function's processes as its code or configuration changes or the function is deleted, also one that is
answering a call; and all of them where another could not begin. On AWS a call keeps its execution environment, with the
code and the configuration that it began with, and calls after the update have new ones:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Worker = Any  # a function's process, as MiniStack's pool has it


def patch(_: Aws) -> Patch:
    """Let a process that is answering a call end after it."""
    return Patch(
        replaces={
            lambda_runtime: {
                **{"kill_workers": _sparing, "release_worker": _ending},
                **{"Worker.invoke": _releasing, "ProvidedWorker.invoke": _releasing},
            },
            lambda_svc: {"release_worker": _ending},
        },
        reads={lambda_runtime: ("_lock",)},
        after=("lambda_.errors",),
    )


def _sparing(kill: Callable[[Iterable[Worker]], None]) -> Callable[[Iterable[Worker]], None]:
    """End idle processes alone, when they have left the pool; `in_use` changes under the pool's lock."""

    def kill_the_idle(workers: Iterable[Worker]) -> None:
        idle = []
        with lambda_runtime._lock:
            for worker in workers:
                if worker.in_use:
                    worker.ends_after_call = True
                else:
                    idle.append(worker)
        kill(idle)

    return kill_the_idle


def _ending(release: Callable[[Worker], None]) -> Callable[[Worker], None]:
    def release_and_end(worker: Worker) -> None:
        release(worker)
        if getattr(worker, "ends_after_call", False):
            lambda_runtime.kill_workers([worker])

    return release_and_end


def _releasing(invoke: Callable[..., Any]) -> Callable[..., Any]:
    """Release what could not answer: MiniStack takes it from the pool, and takes it to have been ended by that."""

    def invoke_or_release(worker: Worker, *given: Any, **more: Any) -> Any:  # noqa: ANN401
        try:
            return invoke(worker, *given, **more)
        except BaseException:
            lambda_runtime.release_worker(worker)
            raise

    return invoke_or_release

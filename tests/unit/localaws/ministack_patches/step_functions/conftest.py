"""State machines beside our SageMaker, whose jobs end as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from localaws.aws import Aws, now
from localaws.ministack_patches.step_functions import (
    distributed_map,
    integrations,
    limits,
    paths,
    roles,
    sagemaker,
    tasks,
)
from localaws.records.jobs import KINDS, JobKind, change_job
from localaws.sagemaker import jobs
from localaws.tasks import Stop

Document = dict[str, Any]


@dataclass
class Jobs:
    """What becomes of jobs: they run until `finish` is set, or are stopped, and end as `status`."""

    status: str = "Completed"
    changes: Document = field(default_factory=dict)
    finish: threading.Event = field(default_factory=threading.Event)

    def run(self, kind: JobKind, aws: Aws, name: str, stop: Stop) -> None:
        while not self.finish.wait(0.01) and not stop.requested:
            pass
        status = "Stopped" if stop.requested else self.status
        change_job(aws, kind, name, **{kind.status: status, f"{kind.stem}EndTime": now()}, **self.changes)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """Jobs that end at once, unless a test clears `finish`."""
    made = Jobs()
    made.finish.set()
    for kind in KINDS:
        monkeypatch.setitem(jobs._RUN, kind.noun, lambda aws, name, stop, kind=kind: made.run(kind, aws, name, stop))
    return made


@pytest.fixture
def integrated(apply: Callable[..., None], workers: Jobs) -> Jobs:
    """All that Tasks of SageMaker's take, applied where nobody enforces IAM."""
    for module in (limits, paths, integrations, distributed_map, tasks, sagemaker):
        apply(module)
    return workers


@pytest.fixture
def enforced(apply: Callable[..., None], workers: Jobs, aws: Aws) -> Callable[[Any], Jobs]:
    """The same under an authority that a test brings."""

    def apply_all(authority: Any) -> Jobs:
        authority.known = aws.clients
        for module in (limits, paths, integrations, distributed_map, tasks):
            apply(module)
        for module in (roles, sagemaker):
            apply(module, authority=authority)
        return workers

    return apply_all

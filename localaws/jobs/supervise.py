"""Runs the containers of one job side by side until all have ended, one has failed, time is up, or it is stopped."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from localaws.aws import Aws
from localaws.images.environments.made import Interrupted
from localaws.images.preparing import discard, prepare
from localaws.images.program import Program
from localaws.jobs import opt_ml, rewriting
from localaws.jobs.container import Container, OnLines, base_environment
from localaws.jobs.logs import JobLog
from localaws.records.jobs import JobKind
from localaws.tasks import Stop

JOBS_AT_ONCE = int(os.environ.get("SCONES_MAX_JOBS", "0")) or max(2, os.cpu_count() or 1)
SLOTS = threading.BoundedSemaphore(JOBS_AT_ONCE)


GRACE_SECONDS = 10.0
_CHECK_SECONDS = 0.1  # for a stop; the end of a program is seen at once
_FLUSH_SECONDS = 0.5

OnLine = Callable[[str], None]
OnTick = Callable[[], None]


def _ignore(*_: str) -> None:
    """What a job does with its output beyond its log, unless it has metrics to read."""


@dataclass(frozen=True)
class Instance:
    """One instance of a job: its host name and the directory for its /opt/ml."""

    host: str
    root: Path


@dataclass(frozen=True)
class Outcome:
    """How a job's containers ended. `failed` names the instance that did, with its exit code and its last words."""

    exit_code: int = 0
    failed: Instance | None = None
    last_words: str = ""
    stopped: bool = False
    timed_out: bool = False


def instances(aws: Aws, job: str, count: int) -> list[Instance]:
    """The instances of a job, with fresh directories."""
    hosts = [f"algo-{number}" for number in range(1, count + 1)]
    made = [Instance(host, aws.settings.jobs / job / host) for host in hosts]
    for instance in made:
        (instance.root / "output").mkdir(parents=True, exist_ok=True)
    return made


@dataclass(frozen=True)
class Job:
    """What it takes to run a job's containers."""

    kind: JobKind
    name: str
    program: Program
    environment: Mapping[str, str]
    max_seconds: int


def run(
    aws: Aws,
    job: Job,
    members: Sequence[Instance],
    stop: Stop,
    on_line: OnLine = _ignore,
    on_tick: OnTick = _ignore,
    on_wait: OnLine = _ignore,
    on_start: OnTick = _ignore,
) -> Outcome:
    """Run the job's program once an instance.

    `on_line` sees each line of output, `on_tick` runs twice a second; `on_wait` is told what the job still waits for,
    and the empty text when that is there. `on_start` runs once, when the programs have started.
    """
    started = int(time.time())
    before = {} if aws.settings.isolation.namespaces else rewriting.look()
    logs = [_log(aws, job, member, started) for member in members]
    pairs: list[tuple[Container, JobLog]] = []
    try:
        for member, log in zip(members, logs, strict=True):
            program = prepare(job.program, member.root, _both(log.tell, on_wait), lambda: stop.requested)
            pairs.append((_container(aws, replace(job, program=program), member), log))
        on_wait("")
        for container, log in pairs:
            container.start(_tee(log, on_line))
        on_start()
        outcome = _watch([container for container, _ in pairs], members, job, stop, lambda: _tick(pairs, on_tick))
    except Interrupted:
        return Outcome(stopped=True)
    finally:
        for container, _ in pairs:
            container.terminate(0)
            container.finish()
        for member, log in zip(members, logs, strict=True):
            log.close()
            discard(member.root)
        on_tick()
    if not aws.settings.isolation.namespaces:
        rewriting.check_untouched(before, aws.settings.isolation)
    if outcome.failed:
        words = pairs[members.index(outcome.failed)][1].last_words
        outcome = replace(outcome, last_words=words.replace(str(outcome.failed.root), opt_ml.OPT_ML))
    return outcome


def _watch(containers: Sequence[Container], members: Sequence[Instance], job: Job, stop: Stop, tick: OnTick) -> Outcome:
    deadline = time.monotonic() + job.max_seconds
    ticked = time.monotonic()
    while True:
        codes = [container.wait(_CHECK_SECONDS / len(containers)) for container in containers]
        for code, member in zip(codes, members, strict=True):
            if code:
                return Outcome(exit_code=code, failed=member)
        if all(code == 0 for code in codes):
            return Outcome()
        if stop.requested or time.monotonic() > deadline:
            for container in containers:
                container.terminate(GRACE_SECONDS)
            return Outcome(stopped=stop.requested, timed_out=not stop.requested)
        if time.monotonic() - ticked > _FLUSH_SECONDS:
            tick()
            ticked = time.monotonic()


def _tee(log: JobLog, on_line: OnLine) -> OnLines:
    def read(lines: Sequence[str]) -> None:
        log.write(*lines)
        for line in lines:
            on_line(line)

    return read


def _both(first: OnLine, second: OnLine) -> OnLine:
    def tell(line: str) -> None:
        first(line)
        second(line)

    return tell


def _tick(pairs: Sequence[tuple[Container, JobLog]], on_tick: OnTick) -> None:
    for _, log in pairs:
        log.flush()
    on_tick()


def _container(aws: Aws, job: Job, member: Instance) -> Container:
    environment = {
        **base_environment(aws.settings, aws.credentials, job.program),
        **job.environment,
        "OPT_ML": opt_ml.OPT_ML,
    }
    return Container(aws.settings, member.root, job.program, environment)


def _log(aws: Aws, job: Job, member: Instance, started: int) -> JobLog:
    name = f"{member.host}-{started}"
    file = aws.settings.jobs / job.name / "logs" / job.kind.log_group / f"{name}.log"
    return JobLog(aws.clients, file, f"/aws/sagemaker/{job.kind.log_group}", f"{job.name}/{name}")

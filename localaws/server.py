"""One process on 127.0.0.1: MiniStack's application with SageMaker's in front of it."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial

from ministack.app import app

from localaws import keys, loops, ministack_patches
from localaws.autoscaling.loop import Scaling
from localaws.aws import Aws
from localaws.clients import Clients
from localaws.deliveries.deliveries import Deliveries
from localaws.events import Events
from localaws.front import Front
from localaws.hosting import upkeep
from localaws.http_server import HttpServer
from localaws.iam.authority import Authority
from localaws.iam.gate import Gate
from localaws.iam.sessions import Sessions
from localaws.jobs import container
from localaws.keys import Credentials
from localaws.ministack import objects, saving, services
from localaws.ministack.patching import Patch
from localaws.ministack.saving import SavingApp
from localaws.ministack_patches.cloudwatch import AlarmEvents
from localaws.ministack_patches.eventbridge.dead_letters import give_up_delivery
from localaws.ministack_patches.eventbridge.targets import deliver
from localaws.ministack_patches.step_functions.executions import Journal
from localaws.monitoring.runner import Runner
from localaws.push.announcing import announce_missed
from localaws.recovery import recover, restore_logs, resume_callbacks, resume_tuning, revive_endpoints
from localaws.regions import Find, Regions
from localaws.resources.registration import register, register_region
from localaws.scheduler.runner import Runner as Scheduler
from localaws.settings import Settings
from localaws.store import Store, StoreError

logger = logging.getLogger(__name__)

_SAVE_SECONDS = 1.0
_SWITCH_SECONDS = 0.0005
"""A thread that computes lets others on after this: the loop would wait ten times as long for each of its turns."""
# All is saved at every second turn; executions and messages, which change most while nobody asks, at each.
_TURNS = 2
_PROMISED = ("stepfunctions", "sqs")


def run(settings: Settings, root: Credentials) -> None:
    """Serve until SIGTERM or SIGINT. The port answers only after state has been recovered."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    settings.account_file.write_text("existing" if settings.existing_customer else "new", encoding="ascii")
    regions = _open(settings, root)
    home = regions.home
    patches = ministack_patches.apply(home)
    others = SavingApp(app)
    register(home)
    waiting: list[tuple[Aws, list[str]]] = []
    for aws in regions:
        if aws is not home:
            register_region(aws)
        waiting.append((aws, recover(aws)))
    front = Front(home, others, Gate(settings, root), partial(keys.prove, root, settings.port), regions.for_operation)
    settings.port_file.write_text(str(settings.port), encoding="ascii")
    settings.pid_file.write_text(str(os.getpid()), encoding="ascii")
    try:
        loops.run(_serve(regions, front, others, partial(_resume, waiting, patches)))
    finally:
        # First the stores: what is killed here must be found as interrupted by the next start, not as failed by itself.
        for aws in regions:
            aws.store.close()
        for aws in regions:
            container.kill_left_over(aws.settings.jobs)
            container.kill_left_over(aws.settings.endpoints)
            container.kill_left_over(aws.settings.builds)
        settings.pid_file.unlink(missing_ok=True)


def _open(settings: Settings, root: Credentials) -> Regions:
    """All regions in which something was done; they end together, and a session of a role is good in each."""
    stopping, sessions = threading.Event(), Sessions()

    def make(region: Settings, store: Store, find: Find) -> Aws:
        return Aws(
            region,
            store,
            Events(store, partial(deliver, region)),
            Clients(region, root),
            stopping=stopping,
            authority=Authority(region) if region.enforce_iam else None,
            sessions=sessions,
            regions=find,
        )

    def begin(aws: Aws) -> None:
        register_region(aws)
        _watch(aws)
        _start_due(aws)

    return Regions(settings, make, begin)


async def _serve(regions: Regions, front: Front, others: SavingApp, resume: Callable[[], None]) -> None:
    home = regions.home
    server = HttpServer(front, home.settings.port)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    objects.serve(loop, others.changed)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    recovery = loop.run_in_executor(None, resume)
    saver = asyncio.create_task(_save_changes(others, Journal(home.store)))
    for aws in regions:
        _watch(aws)
    alarms = asyncio.create_task(AlarmEvents(services.deliver_event).run())

    serving = asyncio.create_task(server.serve())
    await asyncio.wait((serving, asyncio.create_task(stopping.wait())), return_when=asyncio.FIRST_COMPLETED)
    home.stopping.set()
    # Captures go to S3, which answers only until the port is closed.
    for aws in regions:
        await asyncio.to_thread(upkeep.flush, aws)
    server.should_exit = True
    await serving
    saver.cancel()
    alarms.cancel()
    for aws in regions:
        aws.events.close()
    await recovery


def _watch(aws: Aws) -> None:
    """Keep a region's endpoints as they are to be."""
    for keep in (upkeep.keep_flushing, upkeep.keep_replacing):
        threading.Thread(target=keep, args=(aws,), daemon=True).start()
    threading.Thread(target=Scaling(aws).run, daemon=True).start()


def _resume(found: Sequence[tuple[Aws, Sequence[str]]], patches: Sequence[Patch]) -> None:
    """Go on with what the process before had under way in the regions that it left, once the port answers.

    Each region comes with its executions that wait for callbacks.
    """
    for aws, _ in found:
        restore_logs(aws, aws.settings.home / "ministack" / "state")
        revive_endpoints(aws)
    for patch in patches:
        patch.resume()
    for aws, waiting in found:
        resume_tuning(aws)
        resume_callbacks(aws, waiting)
        announce_missed(aws)
        _start_due(aws)


def _start_due(aws: Aws) -> None:
    """Deliver what waits in a region, and start its schedules when they are due; an execution reads S3."""
    threading.Thread(target=Runner(aws).run, daemon=True).start()
    deliveries = Deliveries(aws, give_up_delivery)
    deliveries.resume()
    threading.Thread(target=Scheduler(aws, deliveries).run, daemon=True).start()
    aws.events.start()


async def _save_changes(others: SavingApp, journal: Journal) -> None:
    # What a request has changed is on disk when it is answered; this is for what goes on afterwards.
    due = 0
    for turn in itertools.count():
        await asyncio.sleep(_SAVE_SECONDS)
        if others.changed.is_set():
            others.changed.clear()
            # What a request has started, such as an execution, ends without another request: it is saved once more.
            due = 2 * _TURNS
        if due:
            due -= 1
            names = () if turn % _TURNS else _PROMISED
            try:
                await asyncio.to_thread(journal.save, partial(saving.save, *names))
            except StoreError as error:
                logger.error("Saved again in %g s: %s", _SAVE_SECONDS, error)
                due = 2 * _TURNS

"""One process on 127.0.0.1: MiniStack's application with SageMaker's in front of it."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import threading
from collections.abc import Callable
from functools import partial

from hypercorn.asyncio import serve
from hypercorn.config import Config

from localaws import home, keys, ministack
from localaws.autoscaling.tracking import Tracking
from localaws.aws import Aws
from localaws.builds.starting import start_for_rule
from localaws.clients import Clients
from localaws.deliveries.deliveries import Deliveries
from localaws.enforcement import enforce
from localaws.events import Events
from localaws.front import Front
from localaws.hosting import upkeep
from localaws.iam.gate import Gate
from localaws.jobs import container
from localaws.mailbox import Mailbox
from localaws.ministack import saving
from localaws.ministack.saving import SavingApp
from localaws.ministack_patches import (
    alarm_states,
    begun_executions,
    bucket_encryption,
    change_sets,
    closed_connections,
    ecr_images,
    ecr_layers,
    event_deliveries,
    event_targets,
    function_calls,
    function_networks,
    function_sessions,
    mail,
    object_checksums,
    pipeline_targets,
    principal_arns,
    role_boundaries,
    service_deliveries,
    stack_events,
    template_functions,
    workflows,
)
from localaws.ministack_patches.alarm_events import AlarmEvents
from localaws.ministack_patches.begun_executions import Begun
from localaws.ministack_patches.dead_letters import give_up_delivery
from localaws.ministack_patches.function_calls import Calls
from localaws.monitoring.runner import Runner
from localaws.push.announcing import announce_missed
from localaws.recovery import recover, restore_logs, resume_tuning, revive_endpoints
from localaws.resources.registration import register
from localaws.scheduler.runner import Runner as Scheduler
from localaws.settings import HOST, Settings
from localaws.stacks import provisioning, roles
from localaws.store import Store

_SAVE_SECONDS = 1.0
# All is saved at every second turn; executions and messages, which change most while nobody asks, at each.
_TURNS = 2
_PROMISED = ("stepfunctions", "sqs")


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. The port answers only after state has been recovered."""
    root = keys.ensure(settings)
    home.keep_temporary_files(settings.home)
    settings.account_file.write_text("existing" if settings.existing_customer else "new", encoding="ascii")
    ministack.configure(settings)
    others = SavingApp(ministack.load())
    for patch in (workflows, alarm_states, change_sets, role_boundaries):
        patch.apply()
    roles.apply(settings)
    if settings.enforce_iam:
        provisioning.apply(settings)
    template_functions.apply()
    bucket_encryption.apply()
    object_checksums.apply()
    principal_arns.apply()
    closed_connections.apply()
    mail.apply(Mailbox(settings.mail))
    ecr_images.apply()
    ecr_layers.apply()
    store = Store(settings.home / "sagemaker.db")
    aws = Aws(
        settings,
        store,
        Events(store, event_targets.deliver),
        Clients(settings, root),
        authority=enforce(settings) if settings.enforce_iam else None,
    )
    function_sessions.apply(aws.sessions)
    function_networks.apply(aws.authority)
    calls = Calls(store, aws.stopping)
    function_calls.apply(calls)
    of_rules = event_deliveries.Deliveries(store, aws.stopping)
    event_deliveries.apply(of_rules)
    service_deliveries.apply()
    deliveries = Deliveries(aws, give_up_delivery)
    pipeline_targets.apply(deliveries, settings)
    begun = Begun(store)
    begun_executions.apply(begun)
    event_targets.apply({"codebuild": partial(start_for_rule, aws)}, partial(event_targets.give_up, aws))
    stack_events.apply(aws.events)
    register(aws)
    recover(aws)
    front = Front(aws, others, Gate(settings, root), partial(keys.prove, root, settings.port))
    settings.pid_file.write_text(str(os.getpid()), encoding="ascii")
    try:
        asyncio.run(_serve(aws, front, others, begun, partial(_begin, aws, calls, deliveries, of_rules)))
    finally:
        # First the store: what is killed here must be found as interrupted by the next start, not as failed by itself.
        store.close()
        container.kill_left_over(settings.jobs)
        container.kill_left_over(settings.endpoints)
        container.kill_left_over(settings.builds)
        settings.pid_file.unlink(missing_ok=True)


async def _serve(aws: Aws, front: Front, others: SavingApp, begun: Begun, begin: Callable[[], None]) -> None:
    config = Config()
    config.bind = [f"{HOST}:{aws.settings.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    recovery = loop.run_in_executor(None, begin)
    saver = asyncio.create_task(_save_changes(others, begun))
    threading.Thread(target=upkeep.keep_flushing, args=(aws,), daemon=True).start()
    threading.Thread(target=upkeep.keep_replacing, args=(aws,), daemon=True).start()
    threading.Thread(target=Tracking(aws).run, daemon=True).start()
    alarms = AlarmEvents(lambda: aws.clients.get("cloudwatch"), ministack.deliver_event)
    threading.Thread(target=alarms.run, args=(aws.stopping,), daemon=True).start()

    async def stopped() -> None:
        await stopping.wait()
        aws.stopping.set()
        # Captures go to S3, which answers only until the port is closed.
        await asyncio.to_thread(upkeep.flush, aws)

    await serve(front, config, shutdown_trigger=stopped)
    saver.cancel()
    aws.events.close()
    await recovery


def _begin(aws: Aws, calls: Calls, deliveries: Deliveries, of_rules: event_deliveries.Deliveries) -> None:
    restore_logs(aws, aws.settings.home / "ministack" / "state")
    revive_endpoints(aws)
    calls.resume()
    of_rules.resume()
    resume_tuning(aws)
    # An execution reads S3, which answers by now.
    threading.Thread(target=Runner(aws).run, daemon=True).start()
    announce_missed(aws)
    deliveries.resume()
    threading.Thread(target=Scheduler(aws, deliveries).run, daemon=True).start()
    aws.events.start()


async def _save_changes(others: SavingApp, begun: Begun) -> None:
    # What a request has changed is on disk when it is answered; this is for what goes on afterwards.
    due = 0
    for turn in itertools.count():
        await asyncio.sleep(_SAVE_SECONDS)
        if others.changed.is_set():
            others.changed.clear()
            # What a request has begun, such as an execution, ends without another request: it is saved once more.
            due = 2 * _TURNS
        if due:
            due -= 1
            services = () if turn % _TURNS else _PROMISED
            await asyncio.to_thread(begun.saved, partial(saving.save, *services))

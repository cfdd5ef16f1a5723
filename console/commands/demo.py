"""`scones demo`: the whole loop on the built-in sample, from nothing to an answer about an image."""

from __future__ import annotations

import os
import shutil
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from console import registry
from console.commands import Command, dataset, inference, versions
from console.commands.local_aws import bring_up
from console.commands.run import start
from console.errors import CommandError
from console.formats import duration
from console.target import Target

PROFILE = "quick"
NEXT = {
    "console": "a page of executions, versions, endpoint and drift",
    "demo --drift": "dusk falls: accuracy drops, an alarm retrains, people label, a better version goes live",
    "models": "every registered version",
    "logs latest TrainModel": "what the training printed",
    "endpoint": "the live version, and its alarms",
    "classify FILE": "the workflow's answer for an image of yours",
    "run --watch": "another run, of the profile for photographs",
    "down": "stop the local AWS; its state stays",
}


def _add_demo(parser: ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a pipeline parameter")
    parser.add_argument("--drift", action="store_true", help="send images at dusk, and watch drift start a retraining")


def demo(options: Namespace) -> int:
    """Bring up the local AWS, draw the sample, run the pipeline, approve the version and classify two images."""
    from console.progress.follow import follow

    if options.target != "local":
        raise CommandError("`scones demo` runs on the local AWS; leave out --target.", 2)
    started = time.monotonic()
    target = bring_up()
    print(f"1/5  The local AWS runs on {target.local.endpoint if target.local else '?'} with the stack deployed.")
    print(f"2/5  Drawn images of bicycles and motorcycles: {dataset.upload(target, dataset.draw(target, 7))}")
    arn = start(target, PROFILE, options.set)
    print(f"3/5  The pipeline runs: {arn}", flush=True)
    code = follow(target.client, arn)
    if code != 0:
        return code
    version = _deploy(target)
    _classify(target, version)
    if options.drift:
        code = _drift(target)
    print(f"\nDone in {duration(time.monotonic() - started)}. Where to go next:")
    for line in list_next(drift=options.drift):
        print(line)
    return code


def _deploy(target: Target) -> int:
    registered = versions.list_versions(target)
    version: int = registered[0]["version"]
    print(
        f"4/5  Version {version} is registered; it is approved here, as a person would with `scones approve {version}`."
    )
    versions.print_versions(target, 3)
    registry.set_approval(target, version, "Approved", "approved by scones demo")
    versions.await_version(target, version)
    return version


def _classify(target: Target, version: int) -> None:
    from console.dataset.sample import draw_examples

    print(f"5/5  Two images that version {version} was not trained on go through the workflow:")
    for path in draw_examples(dataset.folder(target)):
        print(f"     {inference.summarize_answer(inference.classify_image(target, str(path)))}")


def _drift(target: Target) -> int:
    from console.commands.drift import print_run, send_dusk
    from console.drift import checks, dusk
    from console.progress.follow import follow

    checks.await_baseline(target)
    before = dusk.newest_execution(target)
    send_dusk(target, "6/9  ")
    print("7/9  The check for drift runs at once, instead of at its hour:", flush=True)
    print_run(target, checks.run_now(target, hours=1))
    execution = dusk.await_retraining(target, before)
    print(f"8/9  The alarm has started a retraining: {execution.reason}\n     {execution.arn}", flush=True)
    code = follow(target.client, execution.arn)
    if code == 0:
        print("9/9  A new version waits for a person's approval:")
        versions.print_versions(target, 3)
    return code


def list_next(*, drift: bool) -> list[str]:
    """Lines of commands that go on from here; `drift` says that images at dusk were shown already."""
    found = {words: sentence for words, sentence in NEXT.items() if not (drift and words == "demo --drift")}
    lines = [f"  {_command()} {words:<24} {sentence}" for words, sentence in found.items()]
    folder = Path(sys.argv[0]).parent
    if not shutil.which("scones") and (folder / "activate").is_file():
        lines.append(f"`. {os.path.relpath(folder / 'activate')}` puts `scones` on your PATH.")
    return lines


def _command() -> str:
    """How the person at the terminal calls the command: by name, or by its place in the checkout."""
    return "scones" if shutil.which("scones") else os.path.relpath(sys.argv[0])


COMMANDS = {"demo": Command(demo, _add_demo)}

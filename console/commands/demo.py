"""`scones demo`: the whole loop on the built-in sample, from nothing to an answer about a picture."""

from __future__ import annotations

import os
import shutil
import sys
import time
from argparse import ArgumentParser, Namespace

from console import registry
from console.commands import approve, classify, dataset, models, up
from console.commands import run as run_command
from console.errors import CommandError
from console.output import duration, print_rows
from console.target import Target

# Drawn pictures are learnt sooner than photographs: half of the profile's epochs are enough.
SHORT = ("Epochs=22", "LearningRateScheduleSteps=13,19")
NEXT = {
    "models": "every registered version",
    "logs latest TrainModel": "what the training printed",
    "endpoint": "what serves, and what its alarms say",
    "classify FILE": "the workflow's answer for a picture of yours",
    "run --watch": "another run, with all the epochs of the profile",
    "down": "stop the local AWS; its state stays",
}


def add_arguments(parser: ArgumentParser) -> None:
    """`--set` passes pipeline parameters on, such as `--set Epochs=5`."""
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a pipeline parameter")


def run(options: Namespace) -> int:
    """Bring up the local AWS, draw the sample, run the pipeline, approve the version and classify two pictures."""
    from console.progress.follow import follow

    if options.target != "local":
        raise CommandError("`scones demo` runs on the local AWS; leave out --target.", 2)
    started = time.monotonic()
    target = up.bring_up()
    print(f"1/5  The local AWS runs on {target.local.endpoint if target.local else '?'} with the stack deployed.")
    print(f"2/5  Drawn pictures of bicycles and motorcycles: {dataset.put(target, dataset.draw(target, 7))}")
    arn = run_command.start(target, None, [*SHORT, *options.set])
    print(f"3/5  The pipeline runs: {arn}", flush=True)
    code = follow(target.client, arn)
    if code != 0:
        return code
    version = _deploy(target)
    _classify(target, version)
    print(f"\nDone in {duration(time.monotonic() - started)}. Where to look next:")
    for words, sentence in NEXT.items():
        print(f"  {_command()} {words:<24} {sentence}")
    return 0


def _deploy(target: Target) -> int:
    registered = models.versions(target)
    version: int = registered[0]["version"]
    print(
        f"4/5  Version {version} is registered; it is approved here, as a person would with `scones approve {version}`."
    )
    print_rows(registered[:3], as_json=False, empty="No version was registered.")
    registry.judge(target, version, "Approved", "approved by scones demo")
    approve.await_version(target, version)
    return version


def _classify(target: Target, version: int) -> None:
    from console.dataset.examples import draw_examples

    print(f"5/5  Two pictures that version {version} has never seen go through the workflow:")
    for path in draw_examples(dataset.folder(target)):
        print(f"     {classify.in_words(classify.classify(target, str(path)))}")


def _command() -> str:
    """How the person at the terminal calls the command: by name, or by its place in the checkout."""
    return "scones" if shutil.which("scones") else os.path.relpath(sys.argv[0])

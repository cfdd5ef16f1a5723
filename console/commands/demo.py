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
from console.formats import duration
from console.output import print_rows
from console.target import Target

PROFILE = "quick"
NEXT = {
    "models": "every registered version",
    "logs latest TrainModel": "what the training printed",
    "endpoint": "what serves, and what its alarms say",
    "classify FILE": "the workflow's answer for a picture of yours",
    "run --watch": "another run, of the profile for photographs",
    "down": "stop the local AWS; its state stays",
}


def add_arguments(parser: ArgumentParser) -> None:
    """`--set` passes pipeline parameters on, such as `--set Epochs=5`; `--drift` goes on to a retraining."""
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a pipeline parameter")
    parser.add_argument("--drift", action="store_true", help="let dusk fall, and watch drift start a retraining")


def run(options: Namespace) -> int:
    """Bring up the local AWS, draw the sample, run the pipeline, approve the version and classify two pictures."""
    from console.progress.follow import follow

    if options.target != "local":
        raise CommandError("`scones demo` runs on the local AWS; leave out --target.", 2)
    started = time.monotonic()
    target = up.bring_up()
    print(f"1/5  The local AWS runs on {target.local.endpoint if target.local else '?'} with the stack deployed.")
    print(f"2/5  Drawn pictures of bicycles and motorcycles: {dataset.put(target, dataset.draw(target, 7))}")
    arn = run_command.start(target, PROFILE, options.set)
    print(f"3/5  The pipeline runs: {arn}", flush=True)
    code = follow(target.client, arn)
    if code != 0:
        return code
    version = _deploy(target)
    _classify(target, version)
    if options.drift:
        code = _drift(target)
    print(f"\nDone in {duration(time.monotonic() - started)}. Where to look next:")
    for words, sentence in NEXT.items():
        print(f"  {_command()} {words:<24} {sentence}")
    return code


def _deploy(target: Target) -> int:
    registered = models.versions(target)
    version: int = registered[0]["version"]
    print(
        f"4/5  Version {version} is registered; it is approved here, as a person would with `scones approve {version}`."
    )
    print_rows(registered[:3], as_json=False, empty="No version was registered.")
    registry.set_approval(target, version, "Approved", "approved by scones demo")
    approve.await_version(target, version)
    return version


def _classify(target: Target, version: int) -> None:
    from console.dataset.examples import draw_examples

    print(f"5/5  Two pictures that version {version} has never seen go through the workflow:")
    for path in draw_examples(dataset.folder(target)):
        print(f"     {classify.in_words(classify.classify(target, str(path)))}")


def _drift(target: Target) -> int:
    from console import drift
    from console.commands import bulk, monitor
    from console.monitoring import watch
    from console.progress.follow import follow
    from console.transfer import Bar

    watch.await_baseline(target)
    before = drift.newest_execution(target)
    with Bar("Dusk falls") as bar:
        prefix = drift.upload_dusk(target, bar.update)
    print(f"6/9  {drift.PICTURES} pictures taken at dusk go through the workflow:")
    bulk.print_summary(bulk.classify_prefix(target, target.project.bucket, prefix))
    print("7/9  The check for drift runs at once, instead of at its hour:", flush=True)
    monitor.show(target, watch.run_now(target, hours=1))
    execution = drift.await_retraining(target, before)
    print(f"8/9  The alarm has started a retraining: {execution.reason}\n     {execution.arn}", flush=True)
    code = follow(target.client, execution.arn)
    if code == 0:
        print("9/9  A new version waits for a person's approval:")
        print_rows(models.versions(target)[:3], as_json=False, empty="No version was registered.")
    return code


def _command() -> str:
    """How the person at the terminal calls the command: by name, or by its place in the checkout."""
    return "scones" if shutil.which("scones") else os.path.relpath(sys.argv[0])

"""`scones demo`: the whole loop on the built-in sample, from nothing to an answer about an image."""

from __future__ import annotations

import os
import shutil
import sys
import time
from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from console import registry
from console.commands import Command, dataset, inference, versions
from console.commands.local_aws import bring_up, connect_checkout
from console.commands.run import definitions, start, update
from console.errors import CommandError
from console.formats import duration
from console.target import Target, choose

PROFILE = "quick"
_SEED = 7
NEXT = {
    "console": "a page of executions, versions, endpoint and drift",
    "demo --drift": "dusk falls: accuracy drops, an alarm rings, people label, a better version may go live",
    "models": "every registered version",
    "logs latest TrainModel": "what the training printed",
    "endpoint": "the live version, and its alarms",
    "classify FILE": "the workflow's answer for an image of yours",
    "run --watch": "another run, of the profile for photographs",
    "down": "stop the local AWS; its state stays",
}


def _add_demo(parser: ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a pipeline parameter")
    parser.add_argument("--drift", action="store_true", help="go on: images get dark, and a retraining answers")


def demo(options: Namespace) -> int:
    """Bring up the local AWS, draw the sample, run the pipeline, approve a first version and classify two images."""
    from console.commands import drift_demo

    if options.target != "local":
        raise CommandError("`scones demo` runs on the local AWS; leave out --target.", 2)
    started = time.monotonic()
    home = choose("local", must_run=False, make_key=True)
    drawing = dataset.Drawing(home, _SEED)
    target = bring_up(partial(_import_sdk, home))
    live = drift_demo.find_demonstrated(target, PROFILE) if options.drift and not options.set else None
    if live is not None:
        print(f"Steps 1 to 5 were shown before: version {live} is live.")
        dataset.upload(target, drawing.wait())
        update(target, PROFILE)
        code = 0
    else:
        code, live = _train_and_classify(target, options, drawing)
    if options.drift and live is not None:
        code = drift_demo.show_drift(target, live)
    if live is not None:
        print(f"\nDone in {duration(time.monotonic() - started)}. Where to go next:")
        for line in list_next(drift=options.drift):
            print(line)
    return code


def _import_sdk(target: Target) -> None:
    """Import the SDK while the local AWS starts, unless a definition is kept that spares it."""
    from pipelines.define import import_sdk

    if not definitions(target).is_dir():
        import_sdk()


def _train_and_classify(target: Target, options: Namespace, drawing: dataset.Drawing) -> tuple[int, int | None]:
    """Steps 1 to 5; answers the exit code, and the version that is live where there is one.

    A version that was live before stays so.
    """
    from console.progress.follow import follow

    of = 10 if options.drift else 5
    print(f"1/{of}  The local AWS runs on {target.local.endpoint if target.local else '?'} with the stack deployed.")
    sentence = connect_checkout(target)
    if sentence:
        print(f"     {sentence}")
    print(f"2/{of}  Drawn images of bicycles and motorcycles: {dataset.upload(target, drawing.wait())}")
    arn = start(target, PROFILE, options.set)
    print(f"3/{of}  The pipeline runs: {arn}", flush=True)
    code = follow(target.client, arn)
    if code != 0:
        return code, None
    version = decide(target, of)
    _classify(target, version, of)
    return 0, version


def decide(target: Target, of: int) -> int:
    """Approve the new version where none is live yet, and answer which serves: what a person has approved stays."""
    rows = versions.list_versions(target)
    version: int = rows[0]["version"]
    live = next((row["version"] for row in rows if row["live"]), None)
    if live is None:
        print(
            f"4/{of}  Version {version} is registered; it is approved here, as a person does by "
            f"`scones approve {version}`."
        )
        versions.print_versions(target, 3)
        registry.set_approval(target, version, "Approved", "approved by scones demo")
        versions.await_version(target, version)
        return version
    print(f"4/{of}  Version {version} is registered. Version {live} is live and stays so; the new one waits for you.")
    versions.print_versions(target, 3)
    print(" ".join([*versions.compare_accuracies(rows, version), f"`scones approve {version}` deploys it."]))
    return int(live)


def _classify(target: Target, version: int, of: int) -> None:
    from console.dataset.sample import draw_examples

    print(f"5/{of}  Two images that version {version} was not trained on go through the workflow:")
    for path in draw_examples(dataset.folder(target)):
        print(f"     {inference.summarize_answer(inference.classify_image(target, str(path)))}")


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

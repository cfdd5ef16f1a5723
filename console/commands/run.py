"""`scones run`: bring the pipeline up to date and start an execution."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from console import endpoint
from console.commands import Command
from console.commands.dataset import folder, shelves
from console.errors import CommandError
from console.executions import LATEST, identifier
from console.remote import find_commit
from console.target import Target, choose

if TYPE_CHECKING:
    from pipelines.profiles import Profile


def _add_run(parser: ArgumentParser) -> None:
    parser.add_argument("--profile", help="training profile (default: compact)")
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a pipeline parameter")
    parser.add_argument("--tune", action="store_true", help="search hyperparameters: TuneModel in place of TrainModel")
    parser.add_argument("--trials", type=int, metavar="N", help="trainings of a search (default: 12)")
    parser.add_argument("--strategy", help="Bayesian (the default), Random or Hyperband")
    parser.add_argument("--from-version", metavar="V", help="start from this version: a number, `latest` or `live`")
    parser.add_argument("--watch", action="store_true", help="follow the execution to its end")


def run(options: Namespace) -> int:
    """Start, and print the execution's ARN."""
    if not options.tune and (options.trials is not None or options.strategy):
        raise CommandError("--trials and --strategy are for a search; add --tune.", 2)
    target = choose(options.target)
    origin = options.from_version
    if origin == LATEST:
        origin = str(endpoint.get_number(target, origin))
    arn = start(target, options.profile, options.set, origin, _search(options), say_time=not options.tune)
    print(arn, flush=True)
    if not options.watch:
        print_watching(arn)
        return 0
    from console.progress.follow import follow

    return follow(target.client, arn)


def _say_time(target: Target, profile: Profile, overrides: Mapping[str, str]) -> None:
    """Say how long the training takes here; a run is not refused because that cannot be found out."""
    from botocore.exceptions import BotoCoreError, ClientError

    from console.training_time import describe

    with suppress(BotoCoreError, ClientError, ValueError):
        print(describe(target, profile, overrides), file=sys.stderr, flush=True)


def print_watching(arn: str) -> None:
    """Say how to see what becomes of an execution, beside the ARN that a program reads."""
    sys.stderr.write(f"`scones watch {identifier(arn)}` follows it, `scones executions` lists it.\n")


def start(
    target: Target,
    profile: str | None,
    assignments: Sequence[str],
    from_version: str | None = None,
    search: Mapping[str, str] | None = None,
    *,
    say_time: bool = False,
) -> str:
    """Upload the code, update the pipeline, start an execution; answers its ARN.

    `say_time` says beforehand how long its training takes. A `search` has the parameters of a tuned run; None is for a
    run with the profile's own values.
    """
    from pipelines.profiles import DEFAULT_PROFILE, find_profile
    from pipelines.run import run as run_pipeline
    from pipelines.start import parse_overrides

    chosen, settings = find_profile(profile or DEFAULT_PROFILE), target.deployed
    if chosen.note:
        print(chosen.note, file=sys.stderr)
    overrides = {**_origin(), **(search or {}), **parse_overrides(assignments)}
    if chosen.starts_from_weights and from_version is None:
        _upload_weights(target, settings.bucket, chosen, overrides)
    cache = definitions(target) if target.local else None
    return run_pipeline(
        settings,
        chosen,
        overrides,
        from_version=from_version,
        tuned=search is not None,
        cache=cache,
        before_start=partial(_say_time, target, chosen, overrides) if say_time else None,
    )


def update(target: Target, profile: str) -> None:
    """Bring the pipeline up to date with a profile, and start nothing."""
    from pipelines.profiles import find_profile
    from pipelines.run import update as update_pipeline

    cache = definitions(target) if target.local else None
    update_pipeline(target.deployed, find_profile(profile), cache)


def definitions(target: Target) -> Path:
    """Where the local AWS's home keeps definitions of pipelines."""
    return folder(target).with_name("definitions")


def _search(options: Namespace) -> dict[str, str] | None:
    from pipelines.search_space import tuning_overrides

    return tuning_overrides(options.trials, options.strategy) if options.tune else None


def _upload_weights(target: Target, bucket: str, profile: Profile, overrides: Mapping[str, str]) -> None:
    """Upload the weights that `scones pretrain` has made for this net to where the pipeline finds them."""
    from console.pretraining.shelf import MODEL, find
    from pipelines.initial_model import chosen_net, weights_prefix
    from pipelines.weights import net_name

    net = chosen_net(profile, overrides)
    weights = find(shelves(target) / net_name(*net))
    if weights is not None:
        key = f"{weights_prefix(net)}{weights.sha256[:16]}/{MODEL}"
        with weights.model.open("rb") as body:
            target.client("s3").put_object(Bucket=bucket, Key=key, Body=body)


def _origin() -> dict[str, str]:
    commit = find_commit()
    return {**({"CommitId": commit} if commit else {}), "StartedBy": getpass.getuser()}


COMMANDS = {"run": Command(run, _add_run)}

"""`scones pretrain`: make weights to start from, out of the 98 classes of CIFAR-100 that are not the task's."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from console.commands.dataset import folder
from console.errors import CommandError
from console.formats import duration
from console.target import Target, choose

PROFILE = "pretrained"


def add_arguments(parser: ArgumentParser) -> None:
    """Which archive, for which profile's net, how long and with which seed."""
    parser.add_argument("--archive", type=Path, help="in CIFAR-100's binary layout (default: the downloaded one)")
    parser.add_argument("--profile", default=PROFILE, help=f"whose net it is for (default: {PROFILE})")
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="as `scones run` takes it")
    parser.add_argument("--epochs", type=int, default=30, help="how often it sees each picture (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="of weights, order and augmentation (default: 1)")


def run(options: Namespace) -> int:
    """Make the weights, or go on where a former run was ended, and print the folder that holds them."""
    from console.dataset.archive import check_archive
    from console.pretraining.make import make
    from console.pretraining.request import make_request
    from pipelines.profiles import find_profile
    from pipelines.start import parse_overrides

    target = choose(options.target, must_run=False)
    profile, overrides = find_profile(options.profile), parse_overrides(options.set)
    archive = _archive(options.archive, target)
    digest = check_archive(archive).sha256
    request = make_request(profile, digest, options.epochs, options.seed, overrides)
    weights = make(request, archive, shelves(target), lambda line: print(line, flush=True))
    note = weights.note
    print(f"Accuracy {note['held_out_accuracy']:.4f} on held-out pictures, after {duration(note['seconds'])}.")
    print(weights.folder)
    return 0


def shelves(target: Target) -> Path:
    """Where weights are kept, a folder a net."""
    return folder(target).with_name("pretrained")


def _archive(given: Path | None, target: Target) -> Path:
    if given is not None:
        return given
    downloaded = folder(target) / "cifar-100-binary.tar.gz"
    if not downloaded.is_file():
        raise CommandError(
            f"There is no {downloaded}; download it with `scones dataset cifar100`, or name an archive in "
            "CIFAR-100's binary layout with --archive."
        )
    return downloaded

"""`scones dataset` and `pretrain`: archives of images where the pipeline finds them, and weights to start from."""

from __future__ import annotations

import threading
from argparse import ArgumentParser, Namespace
from concurrent.futures import Future, wait
from pathlib import Path

from console.commands import Command
from console.errors import CommandError
from console.formats import duration
from console.target import Target, choose
from localaws import home

PRETRAINED = "pretrained"
_SHOWN_SECONDS = 0.1
_CIFAR100 = "cifar-100-binary.tar.gz"


def dataset(options: Namespace) -> int:
    """Draw, download or take an archive, check it, and upload it to raw/."""
    target = choose(options.target)
    if options.source == "sample":
        path = draw(target, options.seed)
    else:
        path = options.path if options.source == "upload" else _download(target)
    print(f"{upload(target, path)} is what `scones run` trains on now.")
    return 0


def _add_sources(parser: ArgumentParser) -> None:
    sources = parser.add_subparsers(dest="source", required=True, metavar="SOURCE")
    sample = sources.add_parser("sample", help="draw bicycles and motorcycles (drawn images, not photographs)")
    sample.add_argument("--seed", type=int, default=7, help="random seed; another one draws other images (default: 7)")
    sources.add_parser("cifar100", help="download and verify the published CIFAR-100 archive (binary version, 160 MB)")
    given = sources.add_parser("upload", help="take an archive in the published binary layout from disk")
    given.add_argument("path", type=Path)


def upload(target: Target, path: Path) -> str:
    """Check an archive and upload it; its S3 address has its SHA-256, so the same archive has the same address."""
    from console.dataset.archive import check_archive
    from console.output import Bar

    facts = check_archive(path)
    key = f"raw/{facts.sha256[:16]}/{path.name}"
    with Bar(f"Upload {path.name}") as bar:
        target.client("s3").upload_file(
            str(path), target.project.bucket, key, Callback=lambda count: bar.advance(count, facts.bytes)
        )
    return f"s3://{target.project.bucket}/{key}"


def draw(target: Target, seed: int) -> Path:
    """The drawn sample of this random seed; drawn once and then kept."""
    return Drawing(target, seed).wait()


class Drawing:
    """The drawn sample of a random seed, which is drawn while others work; one that was drawn before is there."""

    def __init__(self, target: Target, seed: int) -> None:
        self._path = folder(target) / f"sample-{seed}.tar.gz"
        self._done: Future[None] = Future()
        self._drawn = (0, 0)
        if self._path.exists():
            self._done.set_result(None)
        else:
            threading.Thread(target=self._draw, args=(seed,), daemon=True).start()

    def wait(self) -> Path:
        """The archive, once it is there."""
        from console.output import Bar

        if not self._done.done():
            with Bar("Draw the sample") as bar:
                while not wait([self._done], _SHOWN_SECONDS).done:
                    bar.update(*self._drawn)
        self._done.result()
        return self._path

    def _draw(self, seed: int) -> None:
        from console.dataset.sample import draw_sample

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draw_sample(self._path, seed, self._note)
            self._done.set_result(None)
        except BaseException as error:  # of who waits
            self._done.set_exception(error)

    def _note(self, drawn: int, of: int) -> None:
        self._drawn = drawn, of


def _download(target: Target) -> Path:
    from console.dataset.cifar100 import fetch_cifar100
    from console.output import Bar

    path = folder(target) / _CIFAR100
    path.parent.mkdir(parents=True, exist_ok=True)
    with Bar("Download CIFAR-100") as bar:
        fetch_cifar100(path, progress=bar.update)
    return path


def folder(target: Target) -> Path:
    """Where archives and images that were drawn or downloaded are kept."""
    place = target.local.home if target.local else Path(".scones").resolve()
    home.make(place)
    return place / "data"


def pretrain(options: Namespace) -> int:
    """Train the weights, or resume where an earlier run was ended, and print the folder that holds them."""
    from console.dataset.archive import check_archive
    from console.pretraining.make import make
    from console.pretraining.request import make_request
    from pipelines.profiles import find_profile
    from pipelines.start import parse_overrides

    target = choose(options.target, must_run=False)
    profile, overrides = find_profile(options.profile), parse_overrides(options.set)
    archive = options.archive or _get_downloaded(target)
    digest = check_archive(archive).sha256
    request = make_request(profile, digest, options.epochs, options.seed, overrides)
    weights = make(request, archive, shelves(target), lambda line: print(line, flush=True))
    note = weights.note
    print(f"Accuracy {note['held_out_accuracy']:.4f} on held-out images, after {duration(note['seconds'])}.")
    print(weights.folder)
    return 0


def _add_pretrain(parser: ArgumentParser) -> None:
    parser.add_argument("--archive", type=Path, help="in CIFAR-100's binary layout (default: the downloaded one)")
    parser.add_argument("--profile", default=PRETRAINED, help=f"whose net it is for (default: {PRETRAINED})")
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="as `scones run` takes it")
    parser.add_argument("--epochs", type=int, default=30, help="how often it trains on each image (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="random seed (default: 1)")


def shelves(target: Target) -> Path:
    """Where weights are kept, a folder a net."""
    return folder(target).with_name("pretrained")


def _get_downloaded(target: Target) -> Path:
    downloaded = folder(target) / _CIFAR100
    if not downloaded.is_file():
        raise CommandError(
            f"There is no {downloaded}; download it with `scones dataset cifar100`, or name an archive in "
            "CIFAR-100's binary layout with --archive."
        )
    return downloaded


COMMANDS = {
    "dataset": Command(dataset, _add_sources),
    "pretrain": Command(pretrain, _add_pretrain),
}

"""`scones dataset sample|cifar100|upload`: put an archive of pictures where the pipeline finds it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from console.target import Target, choose
from localaws import home


def add_arguments(parser: ArgumentParser) -> None:
    """One of three sources."""
    sources = parser.add_subparsers(dest="source", required=True, metavar="SOURCE")
    sample = sources.add_parser("sample", help="draw bicycles and motorcycles (drawn pictures, not photographs)")
    sample.add_argument("--seed", type=int, default=7, help="another seed draws other pictures (default: 7)")
    sources.add_parser("cifar100", help="download and verify the published CIFAR-100 archive (binary version, 160 MB)")
    upload = sources.add_parser("upload", help="take an archive in the published binary layout from disk")
    upload.add_argument("path", type=Path)


def run(options: Namespace) -> int:
    """Make or fetch the archive, check it, and upload it to raw/."""
    target = choose(options.target)
    path = {"sample": _sample, "cifar100": _cifar100, "upload": _given}[options.source](options, target)
    print(f"{put(target, path)} is what `scones run` trains on now.")
    return 0


def put(target: Target, path: Path) -> str:
    """Check an archive and upload it; its S3 address carries its SHA-256, so the same archive has the same address."""
    from console.dataset.archive import check_archive
    from console.transfer import Bar

    facts = check_archive(path)
    key = f"raw/{facts.sha256[:16]}/{path.name}"
    with Bar(f"Upload {path.name}") as bar:
        target.client("s3").upload_file(
            str(path), target.project.bucket, key, Callback=lambda count: bar.advance(count, facts.bytes)
        )
    return f"s3://{target.project.bucket}/{key}"


def draw(target: Target, seed: int) -> Path:
    """The drawn sample of this seed; drawn once and then kept."""
    from console.dataset.sample import draw_sample
    from console.transfer import Bar

    path = folder(target) / f"sample-{seed}.tar.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with Bar("Draw the sample") as bar:
            draw_sample(path, seed, bar.update)
    return path


def _sample(options: Namespace, target: Target) -> Path:
    return draw(target, options.seed)


def _cifar100(_: Namespace, target: Target) -> Path:
    from console.dataset.cifar100 import fetch_cifar100
    from console.transfer import Bar

    path = folder(target) / "cifar-100-binary.tar.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with Bar("Download CIFAR-100") as bar:
        fetch_cifar100(path, progress=bar.update)
    return path


def _given(options: Namespace, _: Target) -> Path:
    path: Path = options.path
    return path


def folder(target: Target) -> Path:
    """Where archives and pictures that were drawn or downloaded are kept."""
    place = target.local.home if target.local else Path(".scones").resolve()
    home.make(place)
    return place / "data"

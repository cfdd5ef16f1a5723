"""PrepareData's command line; the defaults are SageMaker's paths inside a Processing container."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.jobs import Refusal
from processing.split import SPLITS

ROOT = Path("/opt/ml/processing")


@dataclass(frozen=True)
class Options:
    """What to read, where to write, and how to split."""

    archive: Path
    curated: Path
    outputs: dict[str, Path]
    lst: Path
    record_io: Path | None
    validation_share: float
    seed: int
    augment: int
    resize: int | None
    message: Path
    config_dir: Path
    source: str
    dataset_version: str
    timeout: float

    def check(self) -> None:
        """Refuse values that lead nowhere, before any work is done."""
        _within("--validation-share", self.validation_share, 0.01, 0.5)
        _within("--augment", self.augment, 0, 20)
        _within("--seed", self.seed, 0, 2**32 - 1)
        if self.resize is not None:
            _within("--resize", self.resize, 8, 1024)


def parse(argv: Sequence[str] | None) -> Options:
    """Read the command line; argparse answers wrong usage with exit code 2."""
    given = vars(_parser().parse_args(argv))
    given["outputs"] = {split: given.pop(split) for split in SPLITS}
    return Options(**given, dataset_version=os.environ.get("DATASET_VERSION", ""))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="processing", description="Prepare bicycles and motorcycles for training.")
    add = parser.add_argument
    add(
        "--archive",
        type=Path,
        default=ROOT / "input/archive",
        help="folder with one CIFAR-100 binary *.tar.gz",
    )
    add(
        "--curated",
        type=Path,
        default=ROOT / "input/curated",
        help="folder of <label>/<sha256>.png, may be absent",
    )
    for split in SPLITS:
        add(f"--{split}", type=Path, default=ROOT / "output" / split, help=f"where the {split} images go")
    add("--lst", type=Path, default=ROOT / "output/lst", help="where the .lst files and manifest.json go")
    add("--record-io", type=Path, help="write <split>.rec files here as well")
    add("--validation-share", type=float, default=0.1, help="part of the training images to validate on")
    add("--seed", type=int, default=42, help="equal input and seed give equal bytes")
    add("--augment", type=int, default=0, help="augmented copies to add per training image")
    add("--resize", type=int, help="side in pixels of a square to resample images to")
    add("--message", type=Path, default=Path("/opt/ml/output/message"), help="where a failure is explained")
    add("--config-dir", type=Path, default=Path("/opt/ml/config"), help="folder of resourceconfig.json")
    add("--source", default="", help="where the archive is from, for the manifest")
    add("--timeout", type=float, default=900, help="seconds to wait for the job's other instances")
    return parser


def _within(name: str, given: float, least: float, most: float) -> None:
    if not least <= given <= most:
        raise Refusal(f"{name} is {given}, where {least} to {most} is allowed: choose a value in between.")

"""EvaluateModel's command line; the defaults are SageMaker's paths inside a Processing container."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/opt/ml/processing")


@dataclass(frozen=True)
class Options:
    """What to read and where to write."""

    model: Path
    test: Path
    lst: Path
    output: Path
    message: Path
    threshold: float | None
    seed: int


def parse(argv: Sequence[str] | None) -> Options:
    """Read the command line; argparse answers wrong usage with exit code 2."""
    parser = argparse.ArgumentParser(prog="evaluation", description="Evaluate a trained net on the test pictures.")
    add = parser.add_argument
    add("--model", type=Path, default=ROOT / "model", help="folder of the training job's model.tar.gz")
    add("--test", type=Path, default=ROOT / "test", help="folder of the test pictures")
    add("--lst", type=Path, default=ROOT / "lst", help="folder of test.lst and manifest.json")
    add("--output", type=Path, default=ROOT / "evaluation", help="where evaluation.json and the report go")
    add("--message", type=Path, default=Path("/opt/ml/output/message"), help="where a failure is explained")
    add("--threshold", type=float, help="the accuracy that the pipeline asks for, to show on the report")
    add("--seed", type=int, default=42, help="seed of the resamples behind the standard deviations")
    return Options(**vars(parser.parse_args(argv)))

"""EvaluateModel's command line; the defaults are SageMaker's paths inside a Processing container."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.jobs import Refusal
from evaluation.origin import Training, parse_hyperparameters

ROOT = Path("/opt/ml/processing")


@dataclass(frozen=True)
class Options:
    """What to read, where to write, and what the pipeline asks of the model."""

    model: Path
    train: Path
    validation: Path
    test: Path
    lst: Path
    output: Path
    message: Path
    threshold: float | None
    live_model_uri: str
    paired_gate_level: float
    target_precision: float
    seed: int
    config_dir: Path
    training_arn: str
    training_image: str
    hyperparameter: list[str]

    @property
    def training(self) -> Training:
        """What the model card tells of the training; raises Refusal."""
        return Training(self.training_arn, self.training_image, parse_hyperparameters(self.hyperparameter))

    def check(self) -> None:
        """Refuse values that lead nowhere, before any work is done."""
        if self.threshold is not None:
            _within("AccuracyThreshold", self.threshold, 0, 1)
        _within("PairedGateLevel", self.paired_gate_level, 0, 0.5)
        _within("TargetPrecision", self.target_precision, 0.5, 1)
        parse_hyperparameters(self.hyperparameter)


def parse(argv: Sequence[str] | None) -> Options:
    """Read the command line; argparse answers wrong usage with exit code 2."""
    parser = argparse.ArgumentParser(prog="evaluation", description="Evaluate a trained net on the test images.")
    add = parser.add_argument
    add("--model", type=Path, default=ROOT / "model", help="folder of the training job's model.tar.gz")
    for split in ("train", "validation", "test"):
        add(f"--{split}", type=Path, default=ROOT / split, help=f"folder of the {split} images")
    add("--lst", type=Path, default=ROOT / "lst", help="folder of the .lst files and manifest.json")
    add("--output", type=Path, default=ROOT / "evaluation", help="where evaluation.json and the report go")
    add("--message", type=Path, default=Path("/opt/ml/output/message"), help="where a failure is explained")
    add("--threshold", type=float, help="the accuracy that the pipeline asks for")
    add("--live-model-uri", default="", help="S3 address of the live version's model.tar.gz; empty: there is none")
    add("--paired-gate-level", type=float, default=0.05, help="p-value below which the model counts as worse than live")
    add("--target-precision", type=float, default=0.95, help="share of right answers among those that pass the filter")
    add("--seed", type=int, default=42, help="seed of the resamples behind deviations and intervals")
    add("--config-dir", type=Path, default=Path("/opt/ml/config"), help="where SageMaker describes the job")
    add("--training-arn", default="", help="ARN of the training job, for the model card")
    add("--training-image", default="", help="container image of the training job, for the model card")
    add("--hyperparameter", action="append", default=[], help="name=value of the training, for the model card")
    return Options(**vars(parser.parse_args(argv)))


def _within(name: str, given: float, least: float, most: float) -> None:
    if not least <= given <= most:
        raise Refusal(f"{name} is {given}, where {least} to {most} is allowed: choose a value in between.")

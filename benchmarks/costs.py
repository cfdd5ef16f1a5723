"""What the project costs on AWS: `python -m benchmarks.costs` writes docs/costs.md, the arithmetic included.

Prices are public on-demand prices for us-east-1, in US dollars, as they were known on PRICES_OF. Each says where
it was found; most were not looked up. What a stack has is counted in its template and code (deployed.py).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import deployed
from pipelines.profiles import PROFILES

PAGE = Path(__file__).parents[1] / "docs" / "costs.md"
PRICES_OF = "2026-11-28"
HOURS = 730  # of a month, as AWS counts
IMAGES = 1_000_000
BATCH = 100  # images in one child of the Distributed Map (workflow/additions.py)
ZONES = 2
# What functions and jobs in a VPC call; S3 has a gateway endpoint, which costs nothing.
INTERFACE_ENDPOINTS = (
    *("sagemaker.api", "sagemaker.runtime", "states", "scheduler", "application-autoscaling", "cloudformation"),
    *("ecr.api", "sns", "kms", "sts", "logs", "monitoring"),
)


@dataclass(frozen=True)
class Price:
    """US dollars for one unit, and where that price was found; empty where it was not looked up."""

    dollars: float
    seen: str = ""


_CODEBUILD = 'c3x.dev, "aws_codebuild_project cost estimation"'
_CLOUDWATCH = 'factualminds.com, "Amazon CloudWatch Pricing", 2026-06'

# By the unit.
PRICES = {
    "ml.m5.large hour": Price(0.115),
    "ml.m5.xlarge hour": Price(0.23),
    "ml.g4dn.xlarge hour": Price(0.736),
    "CodeBuild small minute": Price(0.005, _CODEBUILD),
    "CodeBuild medium minute": Price(0.01, _CODEBUILD),
    "CodeBuild large minute": Price(0.02, _CODEBUILD),
    "KMS key month": Price(1.00),
    "alarm month": Price(0.10),
    "custom metric month": Price(0.30, 'signoz.io, "CloudWatch Pricing", 2026-02'),
    "dashboard month": Price(3.00, _CLOUDWATCH),
    "trace": Price(5.00 / 1_000_000),
    "schedule": Price(1.00 / 1_000_000),
    "interface endpoint hour": Price(0.01),
    "S3 GB month": Price(0.023),
    "S3 PUT": Price(0.005 / 1_000),
    "S3 GET": Price(0.0004 / 1_000),
    "ECR GB month": Price(0.10),
    "logs GB": Price(0.50, _CLOUDWATCH),
    "Lambda request": Price(0.20 / 1_000_000),
    "Lambda GB second": Price(0.0000166667),
    "Standard transition": Price(0.025 / 1_000),
    "Express request": Price(1.00 / 1_000_000),
    "Express GB second": Price(0.00001667),
}


@dataclass(frozen=True)
class Item:
    """A number of units of something that has a price, and the reason for that number."""

    what: str
    price: str
    units: float
    why: str

    @property
    def dollars(self) -> float:
        """Units times price."""
        return self.units * PRICES[self.price].dollars

    @property
    def arithmetic(self) -> str:
        """The product as text, such as `48.67 x ml.m5.large hour at 0.115`."""
        price = f"{PRICES[self.price].dollars:.10f}".rstrip("0")
        return f"{self.units:,.2f} x {self.price} at {price}".replace(".00 x", " x")


RUN = [
    Item("PrepareData", "ml.m5.large hour", 4 / 60, "4 minutes, most of them the start"),
    Item("TrainModel", f"{PROFILES['compact'].instance_type} hour", 12 / 60, "12 minutes: `compact`, 250 epochs"),
    Item("EvaluateModel", "ml.m5.large hour", 4 / 60, "4 minutes"),
]

MONTH = [
    Item("endpoint", f"{deployed.default('EndpointInstanceType')} hour", HOURS, "one instance, day and night"),
    Item(
        "monitoring",
        f"{deployed.default('MonitoringInstanceType')} hour",
        HOURS * 4 / 60,
        "a processing job of 4 minutes an hour, with either MonitoringBackend",
    ),
    Item("schedule", "schedule", HOURS, "one start an hour"),
    Item(
        "drift metrics",
        "custom metric month",
        deployed.drift_metrics(),
        "a distance a feature, and the violations",
    ),
    Item(
        "functions' metrics",
        "custom metric month",
        deployed.function_metrics(),
        "at most: each metric and function, as if used in every hour",
    ),
    Item("builds", f"CodeBuild {deployed.build_size()} minute", 20 * 8, "20 pushes of 8 minutes"),
    Item("key", "KMS key month", deployed.count("AWS::KMS::Key"), "none with a key of your own"),
    Item("alarms", "alarm month", deployed.alarms(), "the stack's and autoscaling's"),
    Item("dashboard", "dashboard month", deployed.count("AWS::CloudWatch::Dashboard"), "the first three are free"),
    Item("S3", "S3 GB month", 10, "10 GB: data, 30 runs, captures"),
    Item("image", "ECR GB month", 3, "3 GB: the last few images"),
    Item(
        "logs", "logs GB", 1, f"1 GB taken in, by {deployed.count('AWS::Logs::LogGroup')} log groups and those of jobs"
    ),
]
NETWORK = [
    Item(
        "interface endpoints",
        "interface endpoint hour",
        len(INTERFACE_ENDPOINTS) * ZONES * HOURS,
        f"{len(INTERFACE_ENDPOINTS)} services in {ZONES} zones: {', '.join(INTERFACE_ENDPOINTS)}",
    ),
]

# What the functions ask of S3, as tests/unit/benchmarks/test_costs.py counts it; of a batch, if one of its images goes
# to a person, and one write more for each that does.
READS_OF_ONE, WRITES_OF_ONE = 2, 1
READS_IN_BATCH, READS_OF_BATCH, WRITES_OF_BATCH, WRITES_FOR_REVIEW = 1, 2, 1, 1
_NUMBERS = ("no", "one", "two", "three")

# An image is read, cropped and written; read and classified; filtered by confidence.
FUNCTIONS = [
    Item("functions, calls", "Lambda request", 3 * IMAGES, "three an image"),
    Item("functions, time", "Lambda GB second", 0.10 * IMAGES, "60 ms at 1 GB, 60 ms and 20 ms at 0.5 GB"),
]
OBJECTS = [
    Item("S3 writes", "S3 PUT", WRITES_OF_ONE * IMAGES, f"{_NUMBERS[WRITES_OF_ONE]} an image"),
    Item("S3 reads", "S3 GET", READS_OF_ONE * IMAGES, f"{_NUMBERS[READS_OF_ONE]} an image"),
]
STANDARD = [
    *FUNCTIONS,
    *OBJECTS,
    Item("state transitions", "Standard transition", 6 * IMAGES, "six states an image"),
    Item("traces", "trace", IMAGES, "one an image: below one a second, X-Ray records each"),
]
EXPRESS = [
    *FUNCTIONS,
    *OBJECTS,
    Item("requests", "Express request", IMAGES, "one an image"),
    Item("duration", "Express GB second", 0.5 * 0.0625 * IMAGES, "half a second at 64 MB"),
]
DISTRIBUTED = [
    Item("functions, calls", "Lambda request", 3 * IMAGES / BATCH, f"three a batch of {BATCH}"),
    FUNCTIONS[1],
    Item(
        "S3 writes",
        "S3 PUT",
        WRITES_OF_BATCH * IMAGES / BATCH,
        f"{_NUMBERS[WRITES_OF_BATCH]} a batch, and {_NUMBERS[WRITES_FOR_REVIEW]} more for each image that goes to a "
        "person",
    ),
    Item(
        "S3 reads",
        "S3 GET",
        READS_IN_BATCH * IMAGES + READS_OF_BATCH * IMAGES / BATCH,
        f"{_NUMBERS[READS_IN_BATCH]} an image, {_NUMBERS[READS_OF_BATCH]} a batch",
    ),
    Item("children started", "Standard transition", IMAGES / BATCH, "one transition each"),
    Item("children's requests", "Express request", IMAGES / BATCH, "one a batch"),
    Item("children's duration", "Express GB second", 20 * 0.0625 * IMAGES / BATCH, "20 seconds a batch at 64 MB"),
    Item("traces", "trace", IMAGES / BATCH, "at most one a batch"),
]


def page() -> str:
    """The page in Markdown."""
    parts = [
        "# Costs",
        f"Written by `python -m benchmarks.costs`; on-demand prices of us-east-1 in US dollars, without free tiers, "
        f"as of {PRICES_OF}. **Nothing has run on AWS yet**: durations are estimates; put your own into the script. "
        f"{_looked_up()} Counts come from the template and the code.",
        _table("A run of the pipeline", RUN),
        "A hyperparameter search costs one TrainModel for each trial.",
        _table("A month", MONTH),
        f"Without the endpoint: {_sum(MONTH) - MONTH[0].dollars:.2f}; `scones destroy` removes the endpoint first. A "
        "second instance, which a canary needs, costs as much as the first. `MonthlyBudgetUsd` sends a warning.",
        _table("In a VPC, on top of a month", NETWORK),
        "You create these endpoints; one set serves everything in the VPC. Not counted: data sent through them, and "
        "requests to KMS, SNS, SQS and EventBridge (cents).",
        "## A million images",
        "On top of the endpoint's hours, by kind of workflow:",
        _table("Standard, one execution an image (`scones-inference`)", STANDARD, level=3),
        _table("Express, one execution an image (not used: its history is not kept)", EXPRESS, level=3),
        _table(f"Distributed Map, batches of {BATCH} (`scones-bulk-inference`)", DISTRIBUTED, level=3),
        "Use one execution an image where a person waits or the history matters, bulk for everything else.",
        _prices(),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE}. Prices as known on {PRICES_OF}. {_looked_up()}")
    return 0


def _looked_up() -> str:
    unseen = [name for name, price in PRICES.items() if not price.seen]
    return f"Of {len(PRICES)} prices {len(unseen)} were not looked up, and none comes from AWS's own price list."


def _prices() -> str:
    rows = [
        f"| {name} | {f'{price.dollars:.10f}'.rstrip('0')} | {price.seen or 'not looked up'} |"
        for name, price in PRICES.items()
    ]
    return "\n".join(["## Prices", "", "| unit | USD | source |", "| --- | ---: | --- |", *rows])


def _table(title: str, items: Sequence[Item], level: int = 2) -> str:
    rows = [f"| {item.what} | {item.why} | {item.arithmetic} | {item.dollars:.2f} |" for item in items]
    head = [f"{'#' * level} {title}", "", "| item | basis | arithmetic | USD |", "| --- | --- | --- | ---: |"]
    return "\n".join([*head, *rows, f"| **total** | | | **{_sum(items):.2f}** |"])


def _sum(items: Sequence[Item]) -> float:
    return sum(item.dollars for item in items)


if __name__ == "__main__":
    sys.exit(main())

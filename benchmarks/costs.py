"""What the project costs on AWS: `python -m benchmarks.costs` writes docs/costs.md, the arithmetic included.

Prices are AWS's public on-demand prices for us-east-1, in US dollars. They change: look them up before relying on them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "costs.md"
PRICES_OF = "2025-10"
HOURS = 730  # of a month, as AWS counts
PICTURES = 1_000_000
BATCH = 100  # pictures in one child of the Distributed Map (workflow/additions.py)

# US dollars, for the unit in the name.
PRICES = {
    "ml.m5.large hour": 0.115,
    "ml.m5.xlarge hour": 0.23,
    "ml.g4dn.xlarge hour": 0.736,
    "CodeBuild small minute": 0.005,
    "KMS key month": 1.00,
    "alarm month": 0.10,
    "S3 GB month": 0.023,
    "S3 PUT": 0.005 / 1_000,
    "S3 GET": 0.0004 / 1_000,
    "ECR GB month": 0.10,
    "logs GB": 0.50,
    "Lambda request": 0.20 / 1_000_000,
    "Lambda GB second": 0.0000166667,
    "Standard transition": 0.025 / 1_000,
    "Express request": 1.00 / 1_000_000,
    "Express GB second": 0.00001667,
}


@dataclass(frozen=True)
class Item:
    """So many units of something that has a price, and how the number of units came about."""

    what: str
    price: str
    units: float
    why: str

    @property
    def dollars(self) -> float:
        """Units times price."""
        return self.units * PRICES[self.price]

    @property
    def arithmetic(self) -> str:
        """The product in words, such as `48.67 x ml.m5.large hour at 0.115`."""
        price = f"{PRICES[self.price]:.10f}".rstrip("0")
        return f"{self.units:,.2f} x {self.price} at {price}".replace(".00 x", " x")


RUN = [
    Item("PrepareData", "ml.m5.large hour", 4 / 60, "4 minutes, most of them the start"),
    Item("TrainModel", "ml.g4dn.xlarge hour", 12 / 60, "12 minutes: `compact`, 250 epochs"),
    Item("EvaluateModel", "ml.m5.large hour", 4 / 60, "4 minutes"),
]

MONTH = [
    Item("endpoint", "ml.m5.xlarge hour", HOURS, "one instance, day and night"),
    Item("monitoring", "ml.m5.large hour", HOURS * 4 / 60, "4 minutes an hour"),
    Item("builds", "CodeBuild small minute", 20 * 8, "20 pushes of 8 minutes"),
    Item("key", "KMS key month", 1, "none with a key of your own"),
    Item("alarms", "alarm month", 15, "the stack's and autoscaling's"),
    Item("S3", "S3 GB month", 10, "10 GB: data, 30 runs, captures"),
    Item("image", "ECR GB month", 3, "3 GB: the last few images"),
    Item("logs", "logs GB", 1, "1 GB taken in"),
]

# A picture is read, cut and written, read and classified, judged.
FUNCTIONS = [
    Item("functions, calls", "Lambda request", 3 * PICTURES, "three a picture"),
    Item("functions, time", "Lambda GB second", 0.10 * PICTURES, "60 ms at 1 GB, 60 ms and 20 ms at 0.5 GB"),
]
OBJECTS = [
    Item("S3 writes", "S3 PUT", PICTURES, "one a picture"),
    Item("S3 reads", "S3 GET", 2 * PICTURES, "two a picture"),
]
STANDARD = [
    *FUNCTIONS,
    *OBJECTS,
    Item("state transitions", "Standard transition", 6 * PICTURES, "six states a picture"),
]
EXPRESS = [
    *FUNCTIONS,
    *OBJECTS,
    Item("requests", "Express request", PICTURES, "one a picture"),
    Item("duration", "Express GB second", 0.5 * 0.0625 * PICTURES, "half a second at 64 MB"),
]
DISTRIBUTED = [
    Item("functions, calls", "Lambda request", 3 * PICTURES / BATCH, f"three a batch of {BATCH}"),
    FUNCTIONS[1],
    *OBJECTS,
    Item("children started", "Standard transition", PICTURES / BATCH, "one transition each"),
    Item("children's requests", "Express request", PICTURES / BATCH, "one a batch"),
    Item("children's duration", "Express GB second", 20 * 0.0625 * PICTURES / BATCH, "20 seconds a batch at 64 MB"),
]


def page() -> str:
    """The page in Markdown."""
    parts = [
        "# Costs",
        f"Written by `python -m benchmarks.costs`; prices of {PRICES_OF}, us-east-1, on demand, no free tiers, US "
        "dollars. **Nothing here was billed yet**: all times are estimates. Put yours into the script.",
        _table("A run of the pipeline", RUN),
        "A tuned run is as many TrainModels as it has trials.",
        _table("A month", MONTH),
        f"Without the endpoint it is {_sum(MONTH) - MONTH[0].dollars:.2f}; `scones destroy` takes the endpoint down "
        "first. A second instance, which a canary needs, costs what the first one does. `MonthlyBudgetUsd` sends word "
        "before a bill does.",
        "## A million pictures",
        "The endpoint's hours are above. What comes on top depends on the kind of workflow:",
        _table("Standard, one execution a picture (`scones-inference`)", STANDARD, level=3),
        _table("Express, one execution a picture (not used: its history is not kept)", EXPRESS, level=3),
        _table(f"Distributed Map, batches of {BATCH} (`scones-bulk-inference`)", DISTRIBUTED, level=3),
        "So: one by one while a person waits and wants the history, in bulk for everything else.",
    ]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE}.")
    return 0


def _table(title: str, items: Sequence[Item], level: int = 2) -> str:
    rows = [f"| {item.what} | {item.why} | {item.arithmetic} | {item.dollars:.2f} |" for item in items]
    head = [f"{'#' * level} {title}", "", "| what | why so many | arithmetic | USD |", "| --- | --- | --- | ---: |"]
    return "\n".join([*head, *rows, f"| **together** | | | **{_sum(items):.2f}** |"])


def _sum(items: Sequence[Item]) -> float:
    return sum(item.dollars for item in items)


if __name__ == "__main__":
    sys.exit(main())

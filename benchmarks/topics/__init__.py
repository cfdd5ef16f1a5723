"""One module a topic, each with `measure(quick)`; `CHOICES` has them in the page's order."""

from __future__ import annotations

from importlib import import_module

from benchmarks.figures import Measured

CHOICES = {
    "pipeline": "What a pipeline's engine costs",
    "steps": "A further step beside a bare process",
    "prepare": "PrepareData against the notebook way",
    "monitoring": "The drift check on many captures",
    "training": "Training on the CPU",
    "cores": "Training on several cores",
    "answers": "An answer without HTTP",
    "endpoint": "The endpoint",
    "function": "Lambda starts",
    "workflow": "The workflow and bulk classification",
    "startup": "The local AWS: start and memory",
    "isolation": "A job's start, kept apart",
    "environments": "A job's packages",
    "command": "The command",
    "page": "The console's page",
    "demo": "The whole demo",
}


def measure(topic: str, quick: bool) -> Measured:
    """Measure one topic."""
    found: Measured = import_module(f"benchmarks.topics.{topic}").measure(quick)
    return found

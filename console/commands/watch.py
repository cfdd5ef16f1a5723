"""`scones watch`: follow an execution live."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.executions import find
from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """Which execution; the newest where none is named."""
    parser.add_argument("execution", nargs="?", help="ARN or id (default: the newest)")


def run(options: Namespace) -> int:
    """Exit with 0 where it ends Succeeded, else with 1."""
    from console.progress.follow import follow

    target = choose(options.target)
    return follow(target.client, find(target.client("sagemaker"), target.project.pipeline_names, options.execution))

"""`scones stop`: stop an execution and the jobs that it runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.executions import find, stop
from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """Which execution; the newest where none is named."""
    parser.add_argument("execution", nargs="?", help="ARN or id (default: the newest)")


def run(options: Namespace) -> int:
    """Ask it to stop."""
    target = choose(options.target)
    arn = find(target.client("sagemaker"), target.project.pipeline_names, options.execution)
    stop(target, arn)
    print(f"{arn} is stopping.")
    return 0

"""`scones retry`: go on with a failed or stopped execution from the step where it ended."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.executions import find, retry
from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """Which execution, and whether to stay and watch."""
    parser.add_argument("execution", nargs="?", help="ARN or id (default: the newest)")
    parser.add_argument("--watch", action="store_true", help="follow the execution to its end")


def run(options: Namespace) -> int:
    """Retry; steps that succeeded are not run again."""
    target = choose(options.target)
    arn = find(target.client("sagemaker"), target.project.pipeline_names, options.execution)
    retry(target, arn)
    print(arn, flush=True)
    if not options.watch:
        return 0
    from console.progress.follow import follow

    return follow(target.client, arn)

"""`scones logs`: what the containers of one step printed."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from console.errors import CommandError
from console.executions import find, started_steps
from console.output import say
from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """An execution and one of its steps."""
    parser.add_argument("execution", help="ARN, id, or `latest`")
    parser.add_argument("step", help="name of the step, such as TrainModel")


def run(options: Namespace) -> int:
    """Print the lines in order; those of several instances are marked with their stream."""
    from console.joblogs import lines

    target = choose(options.target)
    sagemaker = target.client("sagemaker")
    reference = None if options.execution == "latest" else options.execution
    arn = find(sagemaker, target.project.pipeline_names, reference)
    found = started_steps(sagemaker, arn)
    if options.step not in found:
        raise CommandError(f"The execution has no started step {options.step!r}; it has {', '.join(sorted(found))}.")
    printed = 0
    for line in lines(target.client("logs"), found[options.step].get("Metadata", {})):
        say(line)
        printed += 1
    if not printed:
        sys.stderr.write(f"The step {options.step} has no log: it ran no container, or printed nothing.\n")
    return 0

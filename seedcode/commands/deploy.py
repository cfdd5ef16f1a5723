"""`python -m seedcode deploy`: bring the stack up to date with the functions' code."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from pipelines.clients import find_settings, make_client
from pipelines.start import parse_overrides
from seedcode.stack.deployment import deploy


def add_arguments(parser: ArgumentParser) -> None:
    """Parameters of the template."""
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a template parameter")


def run(options: Namespace) -> int:
    """Deploy and print the stack's outputs."""
    settings = find_settings(os.environ)
    cloudformation, s3 = (make_client(service, settings.region) for service in ("cloudformation", "s3"))
    for name, value in deploy(cloudformation, s3, settings.project, parse_overrides(options.set)).items():
        print(f"{name}  {value}")
    return 0

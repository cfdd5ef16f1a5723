"""`python -m seedcode refresh`: fit the inference workflow to the endpoint again, after the stack was updated."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from pipelines.clients import make_client
from pipelines.stack import find_settings
from seedcode.stack.refresh import refresh


def add_arguments(_: ArgumentParser) -> None:
    """Nothing to choose: the function knows its endpoint and its state machines."""


def run(_: Namespace) -> int:
    """Call the function and print what it changed."""
    settings = find_settings(os.environ)
    print(refresh(make_client("lambda", settings.region), f"{settings.project}-refresh-workflow"))
    return 0

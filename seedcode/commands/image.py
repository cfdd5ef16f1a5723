"""`python -m seedcode image`: build the container image, have it scanned, and print the name under which it is used."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace

from pipelines.clients import find_settings, make_client
from pipelines.settings import Settings
from seedcode.image.publish import publish
from seedcode.image.registry import Registry

_USER = 1000


def add_arguments(parser: ArgumentParser) -> None:
    """Who runs in the container."""
    parser.add_argument("--user", type=int, default=_USER, help=f"whom the image runs as (default: {_USER})")


def run(options: Namespace) -> int:
    """Print the image's URI on standard output, alone; print nothing where no image is wanted."""
    if os.environ.get("SCONES_NO_IMAGE") == "true":
        _say("No image is built, as SCONES_NO_IMAGE is true.")
        return 0
    settings = find_settings(os.environ)
    registry = Registry(make_client("ecr", settings.region), _repository(settings))
    print(publish(registry, options.user, _say))
    return 0


def _repository(settings: Settings) -> str:
    """SCONES_IMAGE_REPOSITORY, a name or a whole URI; by default the one that the settings' image is in."""
    default = settings.image_uri.rpartition(":")[0]
    given = os.environ.get("SCONES_IMAGE_REPOSITORY") or default
    host = default.partition("/")[0]
    return given if "." in given.partition("/")[0] else f"{host}/{given}"


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")

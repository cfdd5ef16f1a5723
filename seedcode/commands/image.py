"""`python -m seedcode image`: build the container image, have it scanned, and print the name under which it is used."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser, Namespace

from pipelines.clients import make_client
from pipelines.settings import Settings
from pipelines.stack import stack_name
from seedcode.errors import ImageError
from seedcode.image.content import USER
from seedcode.image.publish import publish
from seedcode.image.registry import Registry
from seedcode.stack.state import describe

_URI = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?/[a-z0-9][a-z0-9._/-]*")


def add_arguments(parser: ArgumentParser) -> None:
    """Who runs in the container."""
    parser.add_argument("--user", type=int, default=USER, help=f"the user id that the image runs as (default: {USER})")


def run(options: Namespace) -> int:
    """Print the image's URI on standard output, alone; print nothing where no image is wanted."""
    if os.environ.get("SCONES_NO_IMAGE") == "true":
        _say("No image is built, as SCONES_NO_IMAGE is true.")
        return 0
    region = Settings.from_environment(os.environ).region
    registry = Registry(make_client("ecr", region), _find_repository(region))
    print(publish(registry, options.user, _say))
    return 0


def _find_repository(region: str) -> str:
    """Return the repository's URI: SCONES_IMAGE_REPOSITORY, or the one that the stack has made."""
    given = os.environ.get("SCONES_IMAGE_REPOSITORY", "")
    if given and not _URI.fullmatch(given):
        raise ImageError(f"SCONES_IMAGE_REPOSITORY is {given!r}; it must be <registry's host>/<name>, without a tag.")
    name = stack_name(os.environ)
    stack = None if given else describe(make_client("cloudformation", region), name)
    found = given or (stack.outputs if stack else {}).get("ImageRepositoryUri")
    if not found:
        raise ImageError(
            f"There is no stack {name!r} in {region} with a repository for the image; deploy it first, or name a "
            "repository in SCONES_IMAGE_REPOSITORY."
        )
    return found


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")

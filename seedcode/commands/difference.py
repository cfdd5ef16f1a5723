"""`python -m seedcode difference`: print what this commit changes in the pipeline, or post it to a pull request."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from pipelines.clients import make_client
from pipelines.settings import Settings
from seedcode.errors import PackagingError
from seedcode.review import LONGEST, PullRequest, comment, define_at, define_here, describe, merge_base

# What the rule for pull requests passes to the build, from CodeCommit's event.
VARIABLES = ("SCONES_PULL_REQUEST_ID", "SCONES_REPOSITORY", "SCONES_DESTINATION_COMMIT", "SCONES_SOURCE_COMMIT")


def add_arguments(parser: ArgumentParser) -> None:
    """Against what, and where the answer goes."""
    parser.add_argument("--base", help="a commit or branch (default: what the pull request is for)")
    parser.add_argument("--post", action="store_true", help="post it to the pull request of CodeCommit as well")


def run(options: Namespace) -> int:
    """Print the difference as Markdown."""
    root = Path.cwd()
    base = options.base or _read_variable("SCONES_DESTINATION_COMMIT")
    before, after = define_at(merge_base(base, "HEAD", root), root), define_here(root)
    print(describe(before, after))
    if options.post:
        client = make_client("codecommit", Settings.from_environment(os.environ).region)
        print(f"Posted as comment {comment(client, _read_request(), describe(before, after, LONGEST))}.")
    return 0


def _read_request() -> PullRequest:
    return PullRequest(*(_read_variable(name) for name in VARIABLES))


def _read_variable(name: str) -> str:
    if not os.environ.get(name):
        raise PackagingError(
            f"{name} is not set: a build of a pull request has {', '.join(VARIABLES)}; elsewhere, name a commit or "
            "branch with --base."
        )
    return os.environ[name]

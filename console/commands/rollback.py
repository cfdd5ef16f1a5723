"""`scones rollback`: take the version that serves out of service, by rejecting it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import datetime
from typing import Any

from console.errors import CommandError
from console.target import Target, choose


def add_arguments(parser: ArgumentParser) -> None:
    """A comment."""
    parser.add_argument("--comment", help="why; kept with the version that is rejected")


def run(options: Namespace) -> int:
    """Reject the live version and wait for the one approved before it."""
    from console import endpoint, registry
    from console.commands.approve import await_version

    target = choose(options.target)
    live = endpoint.read(target)
    if live is None or live.version is None:
        raise CommandError("Nothing serves yet, so there is nothing to roll back.")
    others = [
        summary
        for summary in registry.summaries(target)
        if summary["ModelApprovalStatus"] == "Approved" and str(summary["ModelPackageVersion"]) != live.version
    ]
    if not others:
        raise CommandError(f"Version {live.version} is the only approved one; approve another first.")
    registry.set_approval(target, int(live.version), "Rejected", options.comment)
    described = [_last_changed(target, item) for item in others]
    version = max(described)[1]
    print(f"Version {live.version} is rejected; the endpoint goes back to version {version}.", flush=True)
    await_version(target, version)
    return 0


def _last_changed(target: Target, summary: dict[str, Any]) -> tuple[datetime, int]:
    # As deploy_model decides: among the approved versions, the one that was approved last.
    package = target.client("sagemaker").describe_model_package(ModelPackageName=summary["ModelPackageArn"])
    return package.get("LastModifiedTime", package["CreationTime"]), package["ModelPackageVersion"]

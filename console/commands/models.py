"""`scones models`: list the versions in the model registry."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from console.output import print_rows
from console.target import Target, choose


def add_arguments(parser: ArgumentParser) -> None:
    """`--json` for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Print them, newest first."""
    target = choose(options.target)
    print_rows(
        versions(target),
        as_json=options.json,
        empty="No version is registered yet; `scones run` trains and registers one.",
    )
    return 0


def versions(target: Target) -> list[dict[str, Any]]:
    """What a person wants to know of each version, newest first."""
    from console.registry import summaries

    sagemaker = target.client("sagemaker")
    return [
        _row(sagemaker.describe_model_package(ModelPackageName=item["ModelPackageArn"])) for item in summaries(target)
    ]


def _row(package: dict[str, Any]) -> dict[str, Any]:
    known = package.get("CustomerMetadataProperties", {})
    return {
        "version": package["ModelPackageVersion"],
        "approval": package["ModelApprovalStatus"],
        "accuracy": known.get("accuracy"),
        "profile": known.get("profile"),
        "training_pictures": known.get("training_samples"),
        "execution": known.get("execution_id"),
        "commit": (known.get("commit") or "")[:8],
        "registered": package["CreationTime"],
    }

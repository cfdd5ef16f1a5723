"""`scones models`, `card`, `approve`, `reject` and `rollback`: the versions in the model registry."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.commands import Command, add_json, add_version
from console.errors import CommandError
from console.output import print_json, print_rows, say
from console.target import Target, choose
from localaws.command.consent import agree

if TYPE_CHECKING:
    from console.card import Section


def list_models(options: Namespace) -> int:
    """Print the versions, newest first, and which of them serves."""
    rows = list_versions(choose(options.target))
    print_rows(
        rows if options.json else [_shorten(row) for row in rows],
        as_json=options.json,
        empty="No version is registered yet; `scones run` trains and registers one.",
    )
    return 0


def list_versions(target: Target) -> list[dict[str, Any]]:
    """What is known of each version, newest first."""
    from console import endpoint, registry

    sagemaker = target.client("sagemaker")
    found = endpoint.fetch(target)
    live = found.number if found else None
    return [
        _row(sagemaker.describe_model_package(ModelPackageName=item["ModelPackageArn"]), live)
        for item in registry.list_summaries(target)
    ]


def print_versions(target: Target, most: int) -> None:
    """Print the newest versions for people."""
    rows = [_shorten(row) for row in list_versions(target)[:most]]
    print_rows(rows, as_json=False, empty="No version was registered.")


def _row(package: dict[str, Any], live: int | None) -> dict[str, Any]:
    known = package.get("CustomerMetadataProperties", {})
    accuracy, images = known.get("accuracy"), known.get("training_samples")
    return {
        "version": package["ModelPackageVersion"],
        "live": package["ModelPackageVersion"] == live,
        "approval": package["ModelApprovalStatus"],
        "accuracy": float(accuracy) if accuracy else None,
        "profile": known.get("profile"),
        "training_images": int(images) if images else None,
        "execution": known.get("execution_id"),
        "commit": known.get("commit"),
        "registered": package["CreationTime"],
        "arn": package["ModelPackageArn"],
    }


def _shorten(row: dict[str, Any]) -> dict[str, Any]:
    """The columns for people, which fit into a hundred characters but for the longest profiles."""
    accuracy = None if row["accuracy"] is None else f"{row['accuracy']:.4f}"
    shown = {"version": row["version"], "live": "live" if row["live"] else "", "approval": row["approval"]}
    shown |= {"accuracy": accuracy, "profile": row["profile"], "images": row["training_images"]}
    return shown | {"execution": row["execution"], "registered": row["registered"]}


def show_card(options: Namespace) -> int:
    """Print a version's model card; as JSON it is as AWS keeps it."""
    from console import endpoint, registry
    from console.card import parse_card

    target = choose(options.target)
    version = endpoint.get_number(target, options.version)
    arn = registry.get_summary(target, version)["ModelPackageArn"]
    card = parse_card(target.client("sagemaker").describe_model_package(ModelPackageName=arn))
    if card is None:
        raise CommandError(f"Version {version} was registered without a model card; a new run registers one with it.")
    if options.json:
        print_json(card.content)
        return 0
    say(f"Model card of version {version}, {card.status}")
    for section in card.sections:
        _print_section(section)
    return 0


def _print_section(section: Section) -> None:
    say(f"\n{section.title}")
    for words in section.words:
        say(f"  {words}")
    for name, value in section.facts:
        say(f"  {name}: {value}")
    for figures in section.figures:
        say(f"  {figures.title}")
        for name, value, notes in figures.rows:
            say(f"    {name}: {value}" + (f"  ({notes.rstrip('.')})" if notes else ""))


def approve(options: Namespace) -> int:
    """Approve a version; the deployment follows, and is waited for. One that is approved and live stays as it is."""
    from console import endpoint, registry
    from console.consequence import fetch_situation, find_settled_approval

    target = choose(options.target)
    version = endpoint.get_number(target, options.version)
    met = fetch_situation(target, version)
    settled = find_settled_approval(version, met)
    if settled:
        print(f"{settled}{' The comment was not kept.' if options.comment else ''}", flush=True)
    else:
        compared = compare_accuracies(list_versions(target), version)
        registry.set_approval(target, version, "Approved", options.comment)
        print(" ".join([f"Version {version} is approved.", *compared]), flush=True)
    if not options.no_wait and (met.pending or not settled):
        await_version(target, version)
    return 0


def compare_accuracies(rows: Sequence[dict[str, Any]], version: int) -> list[str]:
    """Sentences that put a version's accuracy beside the live one's, and beside the best's that waits, if better.

    `rows` are of list_versions. The versions' test images may differ, which their reports tell.
    """
    accuracies = {row["version"]: row["accuracy"] for row in rows if row["accuracy"] is not None}
    own = accuracies.get(version)
    if own is None:
        return []
    live = next((row["version"] for row in rows if row["live"] and row["version"] != version), None)
    beside = f"; version {live}, which is live, has {accuracies[live]:.4f}" if live in accuracies else ""
    sentences = [f"Its accuracy is {own:.4f}{beside}."]
    waiting = [row["version"] for row in rows if row["approval"] == _PENDING and row["version"] in accuracies]
    best = max(waiting, key=lambda number: accuracies[number], default=version)
    if accuracies[best] > own:
        sentences.append(f"Version {best}, which waits for approval, has {accuracies[best]:.4f}.")
    return sentences


def await_version(target: Target, version: int) -> None:
    """Wait until endpoint and workflow are at a version, and print so."""
    from console import endpoint, workflow

    endpoint.wait_for(target, version, endpoint.print_status)
    workflow.wait_for(target, version)
    print(f"The endpoint {endpoint.name(target)} serves version {version}, and the workflow asks for it.", flush=True)


def reject(options: Namespace) -> int:
    """Reject a version, and say what serves then; one that is rejected stays as it is."""
    from console import endpoint, registry
    from console.consequence import fetch_situation, find_settled_rejection

    target = choose(options.target)
    version = endpoint.get_number(target, options.version)
    met = fetch_situation(target, version)
    settled = find_settled_rejection(version, met)
    if settled:
        print(f"{settled}{' The comment was not kept.' if options.comment else ''}")
        return 0
    registry.set_approval(target, version, "Rejected", options.comment)
    print(f"Version {version} is rejected.")
    if met.chosen == version and met.other not in (None, met.live):
        print(f"The endpoint goes back to version {met.other}; `scones endpoint` shows it.")
    elif met.live == version:
        print("No other version is approved, so it goes on serving until one is.")
    return 0


def _add_version(parser: ArgumentParser) -> None:
    add_version(parser)
    parser.add_argument("--comment", help="why; kept with the version")


def _add_card(parser: ArgumentParser) -> None:
    add_version(parser)
    add_json(parser)


def _add_approval(parser: ArgumentParser) -> None:
    _add_version(parser)
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the endpoint")


_PENDING = "PendingManualApproval"
_NOT_APPROVED = {"Rejected": "rejected", _PENDING: "not approved", None: "no longer in the registry"}


def roll_back(options: Namespace) -> int:
    """Reject the live version, after asking, and wait for the one that was approved before it."""
    from console import endpoint, registry

    target = choose(options.target)
    live = endpoint.fetch(target)
    if live is None or live.version is None:
        raise CommandError("No version is live yet, so there is nothing to roll back.")
    summaries = registry.list_summaries(target)
    approval = {str(item["ModelPackageVersion"]): item["ModelApprovalStatus"] for item in summaries}.get(live.version)
    others = [
        item
        for item in summaries
        if item["ModelApprovalStatus"] == "Approved" and str(item["ModelPackageVersion"]) != live.version
    ]
    if not others and approval == "Approved":
        raise CommandError(f"Version {live.version} is the only approved one; approve another first.")
    if not others:
        raise CommandError(
            f"Version {live.version} is {_NOT_APPROVED[approval]} and no other is approved; approve one."
        )
    version = max(_last_changed(target, item) for item in others)[1]
    if approval == "Rejected":
        print(f"Version {live.version} was rejected before.", flush=True)
    else:
        losses = [f"The rollback rejects version {live.version}, which is live; version {version} serves then."]
        if not agree(losses, f"Reject version {live.version}?", yes=options.yes):
            print("Nothing was changed.")
            return 1
        registry.set_approval(target, int(live.version), "Rejected", options.comment)
        print(f"Version {live.version} is rejected.", flush=True)
    print(f"The endpoint goes back to version {version}.", flush=True)
    await_version(target, version)
    return 0


def _last_changed(target: Target, summary: dict[str, Any]) -> tuple[datetime, int]:
    # As deploy_model decides: among the approved versions, the one that was approved last.
    package = target.client("sagemaker").describe_model_package(ModelPackageName=summary["ModelPackageArn"])
    return package.get("LastModifiedTime", package["CreationTime"]), package["ModelPackageVersion"]


def _add_rollback(parser: ArgumentParser) -> None:
    parser.add_argument("--comment", help="why; kept with the version that is rejected")
    parser.add_argument("--yes", action="store_true", help="reject the live version without asking")


COMMANDS = {
    "models": Command(list_models, add_json),
    "card": Command(show_card, _add_card),
    "approve": Command(approve, _add_approval),
    "reject": Command(reject, _add_version),
    "rollback": Command(roll_back, _add_rollback),
}

"""`scones approve`: approve a version, which deploys it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.target import Target, choose


def add_arguments(parser: ArgumentParser) -> None:
    """A version; a comment; whether to wait for the endpoint."""
    parser.add_argument("version", type=int, help="number of the version, as `scones models` shows it")
    parser.add_argument("--comment", help="why; kept with the version")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the endpoint")


def run(options: Namespace) -> int:
    """Approve; the deployment follows by itself, and is waited for."""
    from console import registry

    target = choose(options.target)
    registry.set_approval(target, options.version, "Approved", options.comment)
    print(f"Version {options.version} is approved.", flush=True)
    if not options.no_wait:
        await_version(target, options.version)
    return 0


def await_version(target: Target, version: int) -> None:
    """Wait until endpoint and workflow are at a version, and say so."""
    from console import endpoint, workflow

    endpoint.wait_for(target, version, endpoint.tell)
    workflow.wait_for(target, version)
    print(f"The endpoint {endpoint.name(target)} serves version {version}, and the workflow asks for it.", flush=True)

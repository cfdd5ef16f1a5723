"""`scones approve`: approve a version, which deploys it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """A version; a comment; whether to wait for the endpoint."""
    parser.add_argument("version", type=int, help="number of the version, as `scones models` shows it")
    parser.add_argument("--comment", help="why; kept with the version")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the endpoint")


def run(options: Namespace) -> int:
    """Approve; the deployment follows by itself, and is waited for."""
    from console import endpoint, registry

    target = choose(options.target)
    registry.judge(target, options.version, "Approved", options.comment)
    print(f"Version {options.version} is approved.", flush=True)
    if not options.no_wait:
        endpoint.wait_for(target, options.version, endpoint.tell)
        print(f"The endpoint {endpoint.name(target)} serves version {options.version}.")
    return 0

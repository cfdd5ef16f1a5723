"""`scones builds`: the builds that pushes have started, and the log of one while it runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from console.commands import Command, add_json
from console.errors import CommandError
from console.formats import duration, elapsed
from console.output import print_rows
from console.remote import find_commit
from console.target import choose


def _add_builds(parser: ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help="wait for the build of a commit, and follow it to its end")
    parser.add_argument("--commit", help="with --watch: which commit (default: the checkout's HEAD)")
    add_json(parser)


def list_builds(options: Namespace) -> int:
    """List them, newest first; with --watch exit with 1 where the build did not succeed."""
    from console import builds

    if options.commit and not options.watch:
        raise CommandError("--commit says which build to follow; add --watch.", 2)
    if options.json and options.watch:
        raise CommandError("--watch prints the build's log, which is no JSON; leave out --json.", 2)
    target = choose(options.target)
    if not options.watch:
        rows = [_row(build) for build in builds.list_newest(target)]
        print_rows(rows, as_json=options.json, empty="Nothing was built yet; push to the branch that is built.")
        return 0
    commit = options.commit or find_commit()
    if commit is None:
        raise CommandError("This is no checkout with a commit; give the commit with --commit.", 2)
    ended = builds.follow(target, builds.await_build(target, commit))
    took = duration(elapsed(ended.get("startTime"), ended.get("endTime")))
    print(f"Build {ended['buildNumber']} of {builds.commit_of(ended)[:9]} {ended['buildStatus']} after {took}.")
    return 0 if ended["buildStatus"] == "SUCCEEDED" else 1


def _row(build: dict[str, Any]) -> dict[str, Any]:
    from console.builds import commit_of

    failed = [one for one in build.get("phases", []) if one.get("phaseStatus") not in (None, "SUCCEEDED")]
    reasons = [context.get("message", "") for one in failed for context in one.get("contexts", [])]
    return {
        "build": build.get("buildNumber"),
        "status": build["buildStatus"],
        "commit": commit_of(build)[:9],
        "started": build.get("startTime"),
        "phase": failed[0]["phaseType"] if failed else build.get("currentPhase", ""),
        "reason": next(filter(None, reasons), ""),
    }


COMMANDS = {"builds": Command(list_builds, _add_builds)}

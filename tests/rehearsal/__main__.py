"""`python -m tests.rehearsal`: follow docs/aws.md as it is written, against a local AWS of its own."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.rehearsal import page, recording, steps
from tests.rehearsal.people import PermissionsError
from tests.rehearsal.rehearse import Rehearsal
from tests.rehearsal.walk import WalkError


def main(words: Sequence[str] | None = None) -> int:
    """Rehearse; answers 1 if the page fails."""
    options = _parse(words)
    text = options.page.read_text(encoding="utf-8")
    begun = time.monotonic()
    try:
        followed = page.parse(text)
        if not options.literal:
            steps.check(followed)
        with tempfile.TemporaryDirectory(prefix="scones-rehearsal-") as folder:
            place = options.folder or Path(folder)
            rehearsal = Rehearsal(place, options.account, sys.stdout.write, patient=options.record)
            if options.permissions:
                rehearsal.site.permissions = options.permissions.read_text(encoding="utf-8")
            rehearsal.run(followed[: options.until])
            rehearsal.report()
            _hold(rehearsal, options)
    except (page.PageError, PermissionsError, WalkError) as error:
        sys.stdout.flush()
        sys.stderr.write(f"\nThe rehearsal failed after {time.monotonic() - begun:.0f} s.\n{error}\n")
        return 1
    print(f"The page works as written: {time.monotonic() - begun:.0f} s as {options.account} account.")
    return 0


def _hold(rehearsal: Rehearsal, options: argparse.Namespace) -> None:
    """Write the recording that trials are compared with, or check that it is current."""
    if options.record:
        recording.write(rehearsal.observer.steps)
    elif options.account == "new" and options.until is None and options.page == page.PAGE:
        stale = recording.stale(rehearsal.observer.steps)
        if stale:
            raise WalkError(f"{recording.FILE} is not what the local AWS gives: {stale}; write it with --record.")


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.rehearsal", description=__doc__)
    parser.add_argument("--account", choices=("new", "existing"), default="new", help="whether Model Monitor is open")
    parser.add_argument("--page", type=Path, default=page.PAGE, help="another page than docs/aws.md")
    parser.add_argument("--permissions", type=Path, help="another page than docs/permissions.md")
    parser.add_argument("--until", type=int, metavar="STEP", help="follow the page up to this step")
    parser.add_argument("--literal", action="store_true", help="run a page even if a check finds a step missing")
    parser.add_argument("--record", action="store_true", help="record what `make aws-trial` compares AWS with")
    parser.add_argument("--folder", type=Path, help="keep the local AWS and the checkout in this folder")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())

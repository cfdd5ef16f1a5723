"""`python -m tests.trial`: follow docs/aws.md on AWS, write a report, and remove everything."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from tests.rehearsal import page, recording
from tests.rehearsal.walk import WalkError
from tests.trial import cost, report
from tests.trial.setting import Setting
from tests.trial.state import State, Store
from tests.trial.trial import Trial, TrialError

TRIALS = Path(".scones") / "trials"
REPORT = Path("aws-trial.md")
HOURS = 2
_INTERRUPTED = 130


def main(words: Sequence[str] | None = None, setting: Callable[[str], Setting] = Setting) -> int:
    """Start a trial, or resume an interrupted one; answers 1 if it failed, 130 if it was interrupted."""
    options = _parse(words)
    # A shell starts background commands with this signal ignored, and a trial must be stoppable there too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        where = setting(options.region)
        store, state = _find(options, where)
        if state is None:
            return 0
        trial = Trial(store, state, where, _say)
        trial.check_is_ours()
        return _run(trial, store, state, only_down=options.take_down)
    except (TrialError, page.PageError) as error:
        sys.stderr.write(f"{error}\n")
    except (ClientError, BotoCoreError) as error:
        sys.stderr.write(f"AWS cannot be asked: {error}\nSign in with `aws sso login`, and choose a region.\n")
    return 1


def _run(trial: Trial, store: Store, state: State, *, only_down: bool) -> int:
    code = 0
    try:
        if not only_down and not state.failure:
            trial.follow()
    except KeyboardInterrupt:
        state.failure, code = "It was interrupted.", _INTERRUPTED
    except Exception as error:
        state.failure, code = f"{error}" if isinstance(error, WalkError) else f"{type(error).__name__}: {error}", 1
    store.save(state)
    if state.failure:
        _say(f"\n{state.failure}\n")
    try:
        left = trial.take_down()
    except KeyboardInterrupt:
        _say(f"\nNot everything is taken down: run `make aws-trial` again, which goes on with {state.name}.\n")
        return _INTERRUPTED
    REPORT.write_text(report.page(state, trial.steps, recording.read(), left), encoding="utf-8")
    _say(f"\nWrote {REPORT}. Send it in: open an issue with it; no account's number and no address is in it.\n")
    if left:
        _say(f"There is left: {', '.join(sorted(left))}. Run `make aws-trial` again to remove it.\n")
        return code or 1
    state.ended = True
    store.save(state)
    _say("Nothing is left behind.\n")
    return code or int(bool(state.failure))


def _find(options: argparse.Namespace, setting: Setting) -> tuple[Store, State | None]:
    """The interrupted trial, or a new one that the user confirmed; no state where nobody did."""
    for folder in sorted(options.trials.glob("*")):
        known = Store(folder).load()
        if known and not known.ended and options.name in (None, known.name):
            _say(f"The trial {known.name} was interrupted and continues.\n")
            setting.region = known.region
            return Store(folder), known
    if options.take_down:
        raise TrialError(f"There is no unfinished trial in {options.trials}.")
    name = options.name or f"scones-trial-{secrets.token_hex(2)}"
    if not re.fullmatch(r"[a-z][a-z0-9-]{2,30}[a-z0-9]", name) or name == "scones":
        raise TrialError(f"--name is {name!r}; it must be 4 to 32 lower-case letters, digits and dashes, not scones.")
    state = State(name, setting.region, setting.account(), mail=options.mail or "")
    store = Store(options.trials / name)
    Trial(store, state, setting, _say).check_is_ours()
    _check_tools()
    if not _agree(state, yes=options.yes):
        _say("Nothing was done.\n")
        return store, None
    store.save(state)
    shutil.copy(options.page, store.page)
    return store, state


def _agree(state: State, *, yes: bool) -> bool:
    _say(
        f"This follows docs/aws.md in account {state.account}, {state.region}, as the project {state.name}, and "
        f"removes everything afterwards.\nIt takes about {HOURS} hours and costs at most {cost.at_most():.2f} USD:\n"
    )
    for item in cost.ITEMS:
        _say(f"  {item.dollars:5.2f}  {item.what}: {item.arithmetic} ({item.why})\n")
    _say("Nobody has run this on AWS yet. Resources that remain after a failure are tagged scones:trial.\n")
    if yes:
        return True
    if not sys.stdin.isatty():
        raise TrialError("No terminal to confirm on; pass --yes.")
    return input("Type yes to begin: ").strip() == "yes"


def _check_tools() -> None:
    for tool in ("git", "bash"):
        if shutil.which(tool) is None:
            raise TrialError(f"There is no {tool} on the PATH, which the page's commands need.")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.trial", description=__doc__)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--region", default=region, help=f"default: {region}")
    parser.add_argument("--name", help="of the project (default: scones-trial- and four digits)")
    parser.add_argument("--mail", help="your address; the trial waits for its confirmation (default: no mail is sent)")
    parser.add_argument("--take-down", action="store_true", help="only remove what an interrupted trial created")
    parser.add_argument("--trials", type=Path, default=TRIALS, help=f"where trials are remembered; default: {TRIALS}")
    parser.add_argument("--page", type=Path, default=page.PAGE, help="another page than docs/aws.md")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())

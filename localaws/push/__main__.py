"""`python -m localaws.push PORT HOME REPOSITORY`: what a bare repository's post-receive hook runs."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError

from localaws.push.errors import PushError
from localaws.push.receive import read_changes, receive
from localaws.settings import Settings

_INTERRUPTED = 130


def main(words: list[str]) -> int:
    """Build what git says was pushed; the exit code tells nobody anything, so the last line does."""
    port, home, repository = words
    _forget_the_pushers_aws()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return receive(Settings(port=int(port), home=Path(home)), Path(repository), read_changes(sys.stdin), _say)
    except (PushError, BotoCoreError, ClientError) as error:
        _say(f"FAILED: {error}\n")
        return 1
    except KeyboardInterrupt:
        _say("FAILED: the build was interrupted; what was pushed is kept.\n")
        return _INTERRUPTED


def _forget_the_pushers_aws() -> None:
    # A profile of the pusher's would be looked up, and may name other credentials and another endpoint.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update({"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

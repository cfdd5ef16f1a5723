"""`python -m localaws.push PORT HOME REGION REPOSITORY`: what a bare repository's post-receive hook runs."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError

from localaws.process import ProcessError
from localaws.push.following import follow, read_changes
from localaws.push.git import PushError
from localaws.settings import Settings, SettingsError

_INTERRUPTED = 130


def main(words: list[str]) -> int:
    """Report what git says was pushed, and follow it; nobody sees the exit code, so the last line says it."""
    port, home, region, repository = words
    _forget_the_pushers_aws()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        settings = Settings(port=int(port), home=Path(home), region=region)
        return follow(settings, Path(repository), read_changes(sys.stdin), _say)
    except (PushError, ProcessError, SettingsError, BotoCoreError, ClientError) as error:
        _say(f"FAILED: {error}\n")
        return 1
    except KeyboardInterrupt:
        _say("What was pushed is kept, and its build goes on; `aws codebuild stop-build --id ID` stops it.\n")
        return _INTERRUPTED


def _forget_the_pushers_aws() -> None:
    # A profile of the pusher's would be looked up, and may name other credentials and another endpoint.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update({"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    # A pusher who has gone away ends nothing.
    with suppress(BrokenPipeError):
        sys.stdout.write(text)
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How a container's program ends: with a sentence for a person, which SageMaker shows as the job's ExitMessage."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

MESSAGE = Path("/opt/ml/output/message")
MESSAGE_LIMIT = 1024  # SageMaker's for an ExitMessage


class Refusal(Exception):
    """What was given, what is allowed and what to do, in one sentence that a person can act on."""


def end_job(sentence: str, code: int, message: Path = MESSAGE) -> int:
    """Print the sentence, write it as the exit message, and return the exit code."""
    sys.stdout.flush()
    print(sentence, file=sys.stderr if code else sys.stdout)
    with suppress(OSError):  # outside of a container the folder may not be ours to write
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(sentence[:MESSAGE_LIMIT], encoding="utf-8")
    return code

"""Run the monitor: `python3 -m monitoring`, in its container or anywhere.

With CAPTURE_URI in its environment it is the step of the monitoring pipeline, and reads a window's captures from S3.
Else the environment is Model Monitor's: without `start_time` it measures a baseline, with it it reads its inputs.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from monitoring import baseline, run, scheduled
from monitoring.options import Options
from monitoring.refusal import Refusal

MESSAGE_LIMIT = 1024  # SageMaker's for an ExitMessage


def main(argv: Sequence[str] | None = None) -> int:
    """Answer 0, or 1 after one sentence on standard error and in the exit message."""
    parser = argparse.ArgumentParser(prog="monitoring", description="Hold an endpoint's captures against a baseline.")
    parser.add_argument(
        "--opt-ml",
        type=Path,
        default=Path(os.environ.get("OPT_ML", "/opt/ml")),
        help="the container's /opt/ml, for the message and the metrics; default: OPT_ML, else /opt/ml",
    )
    opt_ml = parser.parse_args(argv).opt_ml
    try:
        sentence = _work(opt_ml)
    except Refusal as refusal:
        return _end(opt_ml, str(refusal), 1)
    except (BotoCoreError, ClientError) as error:
        return _end(opt_ml, f"AWS did not answer as it should ({error}): see the job's role and network.", 1)
    except OSError as error:
        return _end(
            opt_ml, f"Monitoring could not read or write its files ({error}): see the disk, and run it again.", 1
        )
    return _end(opt_ml, sentence, 0)


def _work(opt_ml: Path) -> str:
    """Do what the environment asks for; answers the exit message."""
    if scheduled.is_meant(os.environ):
        return run.run(scheduled.read(os.environ, opt_ml))
    options = Options.read(os.environ, opt_ml)
    return run.run(options) if options.window else baseline.measure(options)


def _end(opt_ml: Path, sentence: str, code: int) -> int:
    """Say how it ended; from the message's first word is read whether there are violations."""
    print(sentence, file=sys.stderr if code else sys.stdout)
    message = opt_ml / "output" / "message"
    with suppress(OSError):  # outside of a container the folder may not be ours to write
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(sentence[:MESSAGE_LIMIT], encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())

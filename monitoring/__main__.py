"""Run the monitor: `python3 -m monitoring`, in its container or anywhere.

With CAPTURE_URI in its environment it is the step of the monitoring pipeline, and reads a window's captures from S3.
Else the environment is Model Monitor's: without `start_time` it measures a baseline, with it it reads its inputs.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from common.jobs import Refusal, end_job
from monitoring import baseline, run, scheduled
from monitoring.options import Options


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
    message = opt_ml / "output" / "message"
    try:
        sentence = _work(opt_ml)
    except Refusal as refusal:
        return end_job(str(refusal), 1, message)
    except (BotoCoreError, ClientError) as error:
        return end_job(f"AWS did not answer as it should ({error}): see the job's role and network.", 1, message)
    except OSError as error:
        return end_job(
            f"Monitoring could not read or write its files ({error}): free the disk, run it again.", 1, message
        )
    # By the first word of the message it is read whether there are violations.
    return end_job(sentence, 0, message)


def _work(opt_ml: Path) -> str:
    """Do what the environment asks for; answers the exit message."""
    if scheduled.is_meant(os.environ):
        return run.run(scheduled.read(os.environ, opt_ml))
    options = Options.read(os.environ, opt_ml)
    return run.run(options) if options.window else baseline.measure(options)


if __name__ == "__main__":
    sys.exit(main())

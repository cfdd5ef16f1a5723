"""Run the monitor: `python3 -m monitoring`, with Model Monitor's environment, in its container or anywhere.

Without `start_time` it measures a baseline, with it the captures of a window.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from monitoring import baseline, run
from monitoring.options import Options
from monitoring.refusal import Refusal

MESSAGE_LIMIT = 1024  # SageMaker's for an ExitMessage


def main(argv: Sequence[str] | None = None) -> int:
    """Answer 0, or 1 after one sentence on standard error and in the exit message."""
    parser = argparse.ArgumentParser(prog="monitoring", description="Hold an endpoint's captures against a baseline.")
    parser.add_argument(
        "--opt-ml",
        type=Path,
        default=Path(os.environ.get("SM_OPT_ML", "/opt/ml")),
        help="the container's /opt/ml, for the message and the metrics; default: SM_OPT_ML, else /opt/ml",
    )
    opt_ml = parser.parse_args(argv).opt_ml
    try:
        options = Options.read(os.environ, opt_ml)
        sentence = run.run(options) if options.window else baseline.measure(options)
    except Refusal as refusal:
        return _end(opt_ml, str(refusal), 1)
    except OSError as error:
        return _end(opt_ml, f"Monitoring could not read or write its files ({error}): mend that and run it again.", 1)
    return _end(opt_ml, sentence, 0)


def _end(opt_ml: Path, sentence: str, code: int) -> int:
    """Say how it ended; Model Monitor reads from the message's first word whether there are violations."""
    print(sentence, file=sys.stderr if code else sys.stdout)
    message = opt_ml / "output" / "message"
    with suppress(OSError):  # outside of a container the folder may not be ours to write
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(sentence[:MESSAGE_LIMIT], encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())

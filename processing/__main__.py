"""Run PrepareData: `python3 processing.pyz ARGUMENTS` in a SageMaker Processing container, or anywhere."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from processing import options
from processing.prepare import prepare
from processing.refusal import Refusal


def main(argv: Sequence[str] | None = None) -> int:
    """Prepare the data set; answers 0, or 1 after one sentence on standard error and in `--message`."""
    given = options.parse(argv)
    try:
        prepare(given)
    except Refusal as refusal:
        return explain(str(refusal), given.message)
    except OSError as error:
        return explain(
            f"PrepareData could not read or write its files ({error}): mend that and run it again.", given.message
        )
    return 0


def explain(sentence: str, message: Path) -> int:
    """Say why, and answer exit code 1: SageMaker shows /opt/ml/output/message as the job's ExitMessage."""
    print(sentence, file=sys.stderr)
    with suppress(OSError):  # outside of a container the folder may not be ours to write
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(sentence, encoding="utf-8")
    return 1


if __name__ == "__main__":
    sys.exit(main())

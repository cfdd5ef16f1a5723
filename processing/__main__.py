"""Run PrepareData: `python3 processing.pyz ARGUMENTS` in a SageMaker Processing container, or anywhere."""

import sys
from collections.abc import Sequence

from common.jobs import Refusal, end_job
from processing import options
from processing.prepare import prepare


def main(argv: Sequence[str] | None = None) -> int:
    """Prepare the data set; answers 0, or 1 after one sentence on standard error and in `--message`."""
    given = options.parse(argv)
    try:
        prepare(given)
    except Refusal as refusal:
        return end_job(str(refusal), 1, given.message)
    except OSError as error:
        sentence = f"PrepareData could not read or write its files ({error}): fix that and run it again."
        return end_job(sentence, 1, given.message)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Run EvaluateModel: `python3 evaluation.pyz ARGUMENTS` in a SageMaker Processing container, or anywhere."""

import sys
from collections.abc import Sequence

from common.jobs import Refusal, end_job
from evaluation import options
from evaluation.evaluate import evaluate


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate a model; answers 0, or 1 after one sentence on standard error and in `--message`.

    A warning is told in the same places, and the job is good nonetheless.
    """
    given = options.parse(argv)
    try:
        warning = evaluate(given)
    except Refusal as refusal:
        return end_job(str(refusal), 1, given.message)
    except OSError as error:
        sentence = f"EvaluateModel could not read or write its files ({error}): fix that and run it again."
        return end_job(sentence, 1, given.message)
    return end_job(warning, 0, given.message) if warning else 0


if __name__ == "__main__":
    sys.exit(main())

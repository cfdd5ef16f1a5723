"""Run EvaluateModel: `python3 evaluation.pyz ARGUMENTS` in a SageMaker Processing container, or anywhere."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from evaluation import options
from evaluation.evaluate import evaluate
from evaluation.refusal import Refusal


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate a model; answers 0, or 1 after one sentence on standard error and in `--message`.

    A warning is told in the same places, and the job is good nonetheless.
    """
    given = options.parse(argv)
    try:
        warning = evaluate(given)
    except Refusal as refusal:
        return explain(str(refusal), given.message)
    except OSError as error:
        return explain(
            f"EvaluateModel could not read or write its files ({error}): mend that and run it again.", given.message
        )
    if warning:
        tell(warning, given.message)
    return 0


def explain(sentence: str, message: Path) -> int:
    """Say why, and answer exit code 1."""
    tell(sentence, message)
    return 1


def tell(sentence: str, message: Path) -> None:
    """Say something to people: SageMaker shows /opt/ml/output/message as the job's ExitMessage."""
    print(sentence, file=sys.stderr)
    with suppress(OSError):  # outside of a container the folder may not be ours to write
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(sentence, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

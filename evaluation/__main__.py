"""Run EvaluateModel: `python3 evaluation.pyz ARGUMENTS` in a SageMaker Processing container, or anywhere."""

import sys
from collections.abc import Sequence
from pathlib import Path

from evaluation import options
from evaluation.evaluate import evaluate
from evaluation.refusal import Refusal


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate a model; answers 0, or 1 after one sentence on standard error and in `--message`."""
    given = options.parse(argv)
    try:
        evaluate(given)
    except (Refusal, OSError) as error:
        explain(str(error), given.message)
        return 1
    return 0


def explain(sentence: str, message: Path) -> None:
    """Say why: SageMaker shows what stands in /opt/ml/output/message as the job's ExitMessage."""
    print(sentence, file=sys.stderr)
    message.parent.mkdir(parents=True, exist_ok=True)
    message.write_text(sentence, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""The stand-in, run as its container is: ``python -m localaws.algorithms.model_monitor``, asked by its environment."""

import os
import sys
from collections.abc import Sequence

from common.jobs import Refusal, end_job
from localaws.algorithms.container import Container


def main(arguments: Sequence[str] = ()) -> int:
    """Answer 0, or 1 after one sentence on standard error and in the exit message."""
    root = Container.from_environment().root
    message = root / "output" / "message"
    if arguments:
        return end_job(f"Error: the arguments {list(arguments)} are given; the analyzer takes none.", 1, message)
    try:
        from localaws.algorithms.model_monitor.analysis import analyze  # noqa: PLC0415 - without pandas it says so

        sentence = analyze(os.environ, root)
    except Refusal as refusal:
        return end_job(f"Error: {refusal}", 1, message)
    except ImportError as error:
        return end_job(
            f"Error: the analyzer cannot be loaded ({error}): run `pip install pandas scipy` where the local AWS is.",
            1,
            message,
        )
    except OSError as error:
        return end_job(f"Error: a file cannot be read or written ({error}): see the job's paths.", 1, message)
    # By the first word of the message Model Monitor reads whether there are violations.
    return end_job(sentence, 0, message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

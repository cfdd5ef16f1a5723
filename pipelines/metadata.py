"""What AWS takes as a value of a model version's metadata: up to 256 letters, digits, spaces and _.:/=+-@.

An execution that breaks the rule would train for its whole time and fail at the registration.
"""

import re
from collections.abc import Mapping

from pipelines.errors import PipelineError

LONGEST = 256
FORBIDDEN = re.compile(r"[^\w .:/=+\-@]")
# The parameters that are written into a version's metadata as they were given.
RECORDED = ("CommitId", "DatasetVersion", "InputDataUri", "TrainedFrom")
# Those that only people read: what AWS would refuse in them is replaced.
LABELS = ("StartReason", "StartedBy")


def check_metadata(parameters: Mapping[str, str]) -> None:
    """Raise PipelineError for a recorded parameter that AWS would refuse at the end."""
    for name in RECORDED:
        value = parameters.get(name, "")
        if FORBIDDEN.search(value) or len(value) > LONGEST:
            raise PipelineError(
                f"{name} is {value!r}; it is recorded with the model, where AWS takes up to {LONGEST} letters, "
                "digits, spaces and _.:/=+-@ only."
            )


def clean_label(text: str) -> str:
    """Make a person's or a tool's name recordable: `dependabot[bot]` becomes `dependabot-bot-`."""
    return FORBIDDEN.sub("-", text)[:LONGEST]

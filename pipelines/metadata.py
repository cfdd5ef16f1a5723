"""Which parameters are written into a model version's metadata, and whether AWS takes their values there."""

from collections.abc import Mapping

from common.metadata import ALLOWED, is_allowed
from pipelines.errors import PipelineError

# The parameters that are written into a version's metadata as they were given.
RECORDED = ("CommitId", "DatasetVersion", "InputDataUri", "TrainedFrom")
# Those that only people read: what AWS would refuse in them is replaced.
LABELS = ("StartReason", "StartedBy")


def check_metadata(parameters: Mapping[str, str]) -> None:
    """Raise PipelineError for a recorded parameter that AWS would refuse at the end."""
    for name in RECORDED:
        value = parameters.get(name, "")
        if not is_allowed(value):
            raise PipelineError(f"{name} is {value!r}; it is recorded with the model, where AWS takes {ALLOWED} only.")

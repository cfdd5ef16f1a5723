"""How many replicas of the net train side by side on a machine's cores, and which images of a batch each has.

Each replica goes forward and back over its share of a batch, normalising it by the share's own statistics, and the
gradients are summed in the order of the replicas: as MXNet trains on several devices of one host
(https://mxnet.apache.org/versions/1.9.1/api/faq/multi_device). The same number of replicas gives the same parameters
each time; another number gives others.
"""

import os
from itertools import pairwise

from localaws.platforms import count_usable_cores

VARIABLE = "SCONES_TRAINING_CORES"
THREADS = "OMP_NUM_THREADS"
FEWEST_IMAGES = 8
"""In a replica's share: of fewer, the statistics are too rough, and a step costs more than it computes."""


class ReplicasError(ValueError):
    """A number of cores that is none; the message is one sentence that says what to set."""


def count_cores() -> int:
    """Say how many cores training may use: what a variable says, else OpenMP's, else all that this process may run on.

    Raises ReplicasError for a value that is no whole number from 1.
    """
    wanted = os.environ.get(VARIABLE, "")
    if wanted and not (wanted.isdecimal() and int(wanted) > 0):
        raise ReplicasError(f"{VARIABLE} is '{wanted}', and must be a whole number from 1: set one, or none")
    return int(wanted or 0) or _count_threads() or count_usable_cores()


def _count_threads() -> int | None:
    """How many threads each replica's libraries take, if that is said: the first number of OpenMP's list."""
    first = os.environ.get(THREADS, "").partition(",")[0].strip()
    return int(first) if first.isdecimal() and int(first) > 0 else None


def count_replicas(batch: int) -> int:
    """Say how many replicas share batches of so many images, for no more threads than cores. Raises ReplicasError."""
    return max(1, min(count_cores() // (_count_threads() or 1), batch // FEWEST_IMAGES))


def share_out(batch: int, replicas: int) -> list[slice]:
    """Cut a batch into a part for each replica, of as many images each as can be."""
    ends = [batch * number // replicas for number in range(replicas + 1)]
    return [slice(start, stop) for start, stop in pairwise(ends)]

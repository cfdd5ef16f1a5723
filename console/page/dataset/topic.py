"""What the panel of a data set follows."""

from __future__ import annotations

from console.page.context import Context
from console.page.dataset.reader import Absent, Dataset, fetch_dataset, fetch_newest
from console.page.poller import Topic

_SETTLED, _MOVING = 300.0, 10.0


def dataset(context: Context, run: str) -> Topic[Dataset | Absent]:
    """The data set of a run, which does not change once it is there but for what its evaluation finds."""
    return Topic(("data set", run), lambda: fetch_dataset(context.source, run), _pace)


def newest(context: Context) -> Topic[Dataset | Absent]:
    """The data set of the newest run that has prepared one."""
    return Topic(("data set",), lambda: fetch_newest(context.source), lambda _: 30.0)


def _pace(found: Dataset | Absent) -> float:
    return _SETTLED if isinstance(found, Dataset) and found.leaks is not None else _MOVING

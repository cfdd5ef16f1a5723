"""Let a generator work ahead in a thread: what it waits for, and what numpy and zlib do, then costs no time here."""

from collections.abc import Generator, Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")
_PAUSE = 0.05


class _Ended:
    """What the thread says last, with what ended it if that was an error."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def work_ahead(items: Iterator[Item], most: int = 2) -> Generator[Item, None, None]:
    """Yield the items, at most so many of them made before they are asked for; an error is raised here.

    Closed early, or by an error of its reader, it waits until the thread has ended.
    """
    made: Queue[Item | _Ended] = Queue(most)
    stop = Event()
    thread = Thread(target=_make, args=(items, made, stop), name="work-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := made.get(), _Ended):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stop.set()
        thread.join()


def _make(items: Iterator[Item], made: "Queue[Item | _Ended]", stop: Event) -> None:
    ended = _Ended()
    try:
        for item in items:
            if not _put(item, made, stop):
                return
    except BaseException as error:
        ended = _Ended(error)
    _put(ended, made, stop)


def _put(item: Item | _Ended, made: "Queue[Item | _Ended]", stop: Event) -> bool:
    """Wait for a place; False when nobody will read any more."""
    while not stop.is_set():
        try:
            made.put(item, timeout=_PAUSE)
        except Full:
            continue
        return True
    return False

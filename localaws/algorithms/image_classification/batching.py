"""One thread that owns the model and answers all waiting requests of a moment as one batch."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue

import numpy as np

from common.artifact.session import Floats, Session

MOST_IMAGES = 16
"""In one batch: larger ones answer hardly more images a second, and the first would wait for all."""


@dataclass(frozen=True)
class Request:
    """An image (channels, height, width) and the place for its probabilities (classes,)."""

    image: Floats
    answer: "Future[Floats]" = field(default_factory=Future)


class Batcher:
    """Takes images from any thread and answers them from its own.

    A request never waits for others to come: a batch is what has gathered while the one before was computed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: SimpleQueue[Request] = SimpleQueue()
        threading.Thread(target=self._run, name="model", daemon=True).start()

    def predict(self, image: Floats) -> Floats:
        """Wait for one image's probabilities. Raises what the model raised."""
        request = Request(image)
        self._waiting.put(request)
        return request.answer.result()

    def _run(self) -> None:
        while True:
            self._answer(self._gather())

    def _gather(self) -> list[Request]:
        gathered = [self._waiting.get()]
        while len(gathered) < MOST_IMAGES and not self._waiting.empty():
            gathered.append(self._waiting.get())
        return gathered

    def _answer(self, requests: list[Request]) -> None:
        try:
            answers = self._session.answer(np.stack([request.image for request in requests]))
        except Exception as error:
            for request in requests:
                request.answer.set_exception(error)
            return
        for request, answer in zip(requests, answers, strict=True):
            request.answer.set_result(answer)

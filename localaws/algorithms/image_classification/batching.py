"""Answers all images of a moment as one batch."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from common.artifact.session import Floats, Session

MOST_IMAGES = 16
"""In one batch: larger ones answer hardly more images a second, and the first would wait for all."""


@dataclass(frozen=True)
class Request:
    """An image (1, channels, height, width), and who is told its probabilities (classes,), or why there are none."""

    image: Floats
    tell: Callable[[Floats | Exception], None]


class Batcher:
    """Takes images in a loop and answers them there, once what else the loop has read has been taken in.

    A request never waits for others to come: a batch is what came while the one before was computed, and lay in the
    connections' buffers meanwhile. A thread for the model would cost each request two changes of threads.
    """

    def __init__(self, session: Session, loop: asyncio.AbstractEventLoop) -> None:
        self._session = session
        self._loop = loop
        self._waiting: list[Request] = []

    def add(self, request: Request) -> None:
        """Answer a request soon."""
        self._waiting.append(request)
        if len(self._waiting) == 1:
            self._loop.call_soon(self._answer)

    def _answer(self) -> None:
        requests, self._waiting = self._waiting[:MOST_IMAGES], self._waiting[MOST_IMAGES:]
        if self._waiting:
            self._loop.call_soon(self._answer)
        try:
            answers = self._session.answer(np.concatenate([request.image for request in requests]))
        except Exception as error:
            for request in requests:
                request.tell(error)
            return
        for request, answer in zip(requests, answers, strict=True):
            request.tell(answer)

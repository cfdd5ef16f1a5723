"""Captured requests and answers, line by line; what is damaged, repeated or outside the window is counted, not read."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

from monitoring.options import Window, time
from monitoring.payload import UnknownEncoding, content

LINE_LIMIT = 20 * 1024 * 1024
"""A request and an answer of 6 MB each, as BASE64, and some more."""

BITS = 1 << 26
HASHES = 7
"""With a million events, one in ten million is taken for a repetition; with 100,000 practically none."""

TRUNCATED, MALFORMED, OUTSIDE, REPEATED, UNKNOWN = "truncated", "malformed", "outside", "repeated", "unknown_encoding"


class Seen:
    """Remembers event ids in memory that does not grow, 8 MiB: a Bloom filter."""

    def __init__(self) -> None:
        self._bits = bytearray(BITS // 8)

    def add(self, text: str) -> bool:
        """Remember a text; False when it was there before."""
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4 * HASHES).digest()
        new = False
        for start in range(0, len(digest), 4):
            place = int.from_bytes(digest[start : start + 4]) % BITS
            byte, bit = place >> 3, 1 << (place & 7)
            if not self._bits[byte] & bit:
                new = True
                self._bits[byte] |= bit
        return new


@dataclass(frozen=True)
class Capture:
    """One call of the endpoint; None for the half that was not captured."""

    event_id: str
    inference_id: str | None
    at: datetime
    sent: bytes | None
    answered: bytes | None


def read(folder: Path, window: Window, counts: Counter[str]) -> Iterator[Capture]:
    """Every capture of the window once, in the order of the files' names, whatever the folders above them."""
    return parse(_files(folder), window, counts)


def parse(streams: Iterable[IO[bytes]], window: Window, counts: Counter[str]) -> Iterator[Capture]:
    """Every capture of the window once, in the order of the streams."""
    seen = Seen()
    for stream in streams:
        for line in _lines(stream):
            counts["lines"] += 1
            capture = _capture(line, window, seen, counts)
            if capture:
                yield capture


def _files(folder: Path) -> Iterator[IO[bytes]]:
    return (file.open("rb") for file in sorted(folder.rglob("*.jsonl")))


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines that are not empty. Of one beyond the limit the beginning, which no one can read as JSON."""
    with stream:
        while line := stream.readline(LINE_LIMIT):
            beginning = line
            while line and not line.endswith(b"\n") and len(beginning) == LINE_LIMIT:
                line = stream.readline(LINE_LIMIT)
            if beginning.strip():
                yield beginning


def _capture(line: bytes, window: Window, seen: Seen, counts: Counter[str]) -> Capture | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        counts[TRUNCATED] += 1
        return None
    try:
        metadata, data = record["eventMetadata"], record["captureData"]
        event_id, at = str(metadata["eventId"]), time(metadata["inferenceTime"])
        inference_id = metadata.get("inferenceId")
        if not isinstance(inference_id, str | None):
            raise TypeError(inference_id)
        sent, answered = data.get("endpointInput"), data.get("endpointOutput")
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        counts[MALFORMED] += 1
        return None
    if not window.holds(at):
        counts[OUTSIDE] += 1
        return None
    if not seen.add(event_id):
        counts[REPEATED] += 1
        return None
    return Capture(event_id, inference_id, at, _content(sent, counts), _content(answered, counts))


def _content(half: Any, counts: Counter[str]) -> bytes | None:  # noqa: ANN401
    try:
        return content(half)
    except UnknownEncoding:
        counts[UNKNOWN] += 1
        return None

"""Ground truth: what captured images really show, as lines of JSON in S3, in a folder for each hour."""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.jobs import Refusal
from monitoring.captures import Capture
from monitoring.options import Window
from monitoring.storage import client, list_keys, split

MOST = 200_000
"""Labels held in memory, 100 bytes or so each; later ones are counted and left out."""
LINE_LIMIT = 64 * 1024


class Labels:
    """The labels of a window's hours, by inference id or event id."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._known: dict[bytes, int] = {}
        self.counts: Counter[str] = Counter()

    def read(self, lines: Iterator[bytes]) -> None:
        """Take up lines; the last of several for one event holds."""
        for line in lines:
            self.counts["lines"] += 1
            event, label = self._parse(line)
            if event is None or label is None:
                self.counts["unreadable"] += 1
            elif len(self._known) < MOST or event in self._known:
                self._known[event] = label
            else:
                self.counts["too_many"] += 1

    def find(self, capture: Capture) -> int | None:
        """The class of what a capture shows; its inference id counts before its event id, as AWS merges them."""
        return self._known.get(_key(capture.inference_id or capture.event_id))

    def _parse(self, line: bytes) -> tuple[bytes | None, int | None]:
        try:
            record = json.loads(line)
            truth = record["groundTruthData"]
            text = json.loads(truth["data"]) if truth.get("encoding") == "JSON" else truth["data"]
            return _key(str(record["eventMetadata"]["eventId"])), self._label(str(text).strip())
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return None, None

    def _label(self, text: str) -> int | None:
        if text in self._names:
            return self._names.index(text)
        return int(text) if text.isdecimal() and int(text) < len(self._names) else None


def fetch(uri: str, window: Window, names: list[str]) -> Labels:
    """Read the labels below `uri` for each hour of the window; an empty address has none."""
    labels = Labels(names)
    if uri:
        bucket, prefix = split(uri, "GROUND_TRUTH_URI")
        try:
            labels.read(_lines(client("s3"), bucket, prefix, window))
        except (ClientError, BotoCoreError) as error:
            raise Refusal(
                f"The labels below {uri} cannot be read ({error}): see the job's role and network."
            ) from error
    return labels


def _lines(s3: Any, bucket: str, prefix: str, window: Window) -> Iterator[bytes]:  # noqa: ANN401 - boto3's
    for hour in window.hours():
        for key in list_keys(s3, bucket, f"{prefix}/{hour:%Y/%m/%d/%H}"):
            yield from _limited(s3.get_object(Bucket=bucket, Key=key)["Body"])


def _limited(body: Any) -> Iterator[bytes]:  # noqa: ANN401
    """A body's lines that are not empty; of a line beyond the limit pieces that are no JSON, so it is counted."""
    rest = b""
    for chunk in body.iter_chunks(LINE_LIMIT):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line for line in lines if line.strip())
        if len(rest) > LINE_LIMIT:
            yield rest
            rest = b""
    if rest.strip():
        yield rest


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()

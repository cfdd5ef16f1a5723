"""The endpoint's captures and people's labels, which the monitor reads line by line."""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from monitoring.captures import read
from monitoring.labels import Labels
from monitoring.options import Window
from monitoring.payload import probabilities
from tests.fuzz.corpus import pictures
from tests.fuzz.scratch import file

_WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
_META = {"eventId": "e1", "inferenceId": "i1", "inferenceTime": "2026-05-04T10:00:00Z"}


def _capture(data: str, encoding: str, answer: str) -> dict[str, Any]:
    sent = {"observedContentType": "image/png", "mode": "INPUT", "data": data, "encoding": encoding}
    told = {"observedContentType": "application/json", "mode": "OUTPUT", "data": answer, "encoding": "JSON"}
    return {"captureData": {"endpointInput": sent, "endpointOutput": told}, "eventMetadata": _META, "eventVersion": "0"}


_PICTURE = base64.b64encode(pictures()[3]).decode()
_LABEL = {"groundTruthData": {"data": "1", "encoding": "CSV"}, "eventMetadata": {"eventId": "e1"}, "eventVersion": "0"}
SEEDS = [
    json.dumps(line).encode()
    for line in (_capture(_PICTURE, "BASE64", "[0.25, 0.75]"), _capture("0.1,0.9", "CSV", "[[0.5, 0.5]]"), _LABEL)
]


def one_input(data: bytes) -> None:
    """Lines are read, or counted as malformed."""
    labels = Labels(["bicycle", "motorcycle"])
    labels.read(iter(data.split(b"\n")))
    with file("capture.jsonl", data) as path:
        for capture in read(path.parent, _WINDOW, Counter()):
            labels.find(capture)
            for half in (capture.sent, capture.answered):
                probabilities(half or b"")

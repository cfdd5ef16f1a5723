"""Ground truth: what people say that a picture showed, by the inference's id.

AWS, "Ingest ground truth labels and merge them with predictions": lines under `<prefix>/yyyy/mm/dd/hh/*.jsonl` with
`groundTruthData.data` and `eventMetadata.eventId`, which is the inference id where one was given. They come when they
come: those of the window's hours are read, and a wrong or unmatched line is counted and left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from scipy import stats

from monitoring.constraints import Tally
from monitoring.violation import Violation

FALSE_ALARMS = 0.005
LEAST_LABELS = 30
LONGEST_LINE = 100_000


def read(s3: Any, uri: str, start: datetime, end: datetime) -> tuple[dict[str, str], int]:  # noqa: ANN401 - boto3's
    """Labels by inference id, and how many lines could not be read."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    labels: dict[str, str] = {}
    unreadable = 0
    for hour in _hours(start, end):
        for line in _lines(s3, bucket, f"{prefix.rstrip('/')}/{hour:%Y/%m/%d/%H}/"):
            try:
                document = json.loads(line)
                labels[str(document["eventMetadata"]["eventId"])] = str(document["groundTruthData"]["data"]).strip()
            except (ValueError, TypeError, KeyError, RecursionError):
                unreadable += 1
    return labels, unreadable


def tally(predicted: Mapping[str, str], truth: Mapping[str, str], labels: Sequence[str]) -> dict[str, Tally]:
    """Accuracy, and each class's precision and recall, of the pictures whose label is known.

    A label may be a class's name or its number.
    """
    known = {identity: _name(label, labels) for identity, label in truth.items()}
    pairs = Counter((predicted[one], label) for one, label in known.items() if one in predicted and label)
    return tally_pairs(pairs, labels)


def tally_pairs(pairs: Mapping[tuple[str, str], int], labels: Sequence[str]) -> dict[str, Tally]:
    """The same from counts of (predicted, true)."""
    right = {label: pairs.get((label, label), 0) for label in labels}
    tallies = {"accuracy": Tally(sum(right.values()), sum(pairs.values()))}
    for label in labels:
        said = sum(count for (predicted, _), count in pairs.items() if predicted == label)
        was = sum(count for (_, true), count in pairs.items() if true == label)
        tallies[f"precision of {label}"] = Tally(right[label], said)
        tallies[f"recall of {label}"] = Tally(right[label], was)
    return tallies


def judge(then: Mapping[str, Tally], now: Mapping[str, Tally]) -> list[Violation]:
    """Name what is worse than on the test pictures by more than chance; few labels claim nothing."""
    compared = [name for name in now if name in then and now[name].of >= LEAST_LABELS and then[name].of]
    found = []
    for name in compared:
        before, after = then[name], now[name]
        table = [[after.right, after.of - after.right], [before.right, before.of - before.right]]
        p = stats.fisher_exact(table, alternative="less").pvalue
        if p <= FALSE_ALARMS / len(compared):
            words = f"{name} is {after.share:.3f} of {after.of} labelled pictures; on the test pictures it was"
            found.append(
                Violation(name, "baseline_drift_check", f"The {words} {before.share:.3f} of {before.of} (p = {p:.2g}).")
            )
    return found


def _name(label: str, labels: Sequence[str]) -> str | None:
    if label.isdecimal() and int(label) < len(labels):
        return labels[int(label)]
    return label if label in labels else None


def _hours(start: datetime, end: datetime) -> Iterator[datetime]:
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        yield hour
        hour += timedelta(hours=1)


def _lines(s3: Any, bucket: str, prefix: str) -> Iterator[bytes]:  # noqa: ANN401
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"]
            yield from (line for line in body.iter_lines() if line.strip() and len(line) <= LONGEST_LINE)

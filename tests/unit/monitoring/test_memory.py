"""Memory does not grow with the number of captures."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np

from monitoring import baseline_files, captures
from monitoring.features import NUMBERS, SHAPES, WORDS, Rows
from monitoring.labels import Labels
from monitoring.observations import Observation
from monitoring.options import Window, time
from monitoring.running_statistics import RunningStatistics
from tests.unit.monitoring.conftest import END, START, Monitor, line

WINDOW = Window(time(START), time(END))


def _peak(monitor: Monitor, folder: Path) -> int:
    files = [monitor.root / f"baseline/{name}.json" for name in ("statistics", "constraints")]
    baseline = baseline_files.read(*files)
    tracemalloc.start()
    try:
        observed = Observation(baseline, Labels(baseline.names))
        observed.take(captures.read(folder, WINDOW, observed.counts))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _write(folder: Path, count: int) -> Path:
    folder.mkdir()
    made = [line(number) for number in range(50)]
    with (folder / "a.jsonl").open("w") as stream:
        for number in range(count):
            capture = made[number % len(made)]
            capture["eventMetadata"]["eventId"] = f"event-{number}"
            stream.write(json.dumps(capture) + "\n")
    return folder


def _rows(values: np.ndarray) -> Rows:
    """Rows of which the first number alone is present."""
    numbers = np.full((len(values), len(NUMBERS)), np.nan)
    numbers[:, 0] = values
    return Rows(numbers, np.full((len(values), SHAPES), np.nan), tuple([None] * len(values) for _ in WORDS))


def test_five_times_the_captures_need_no_more_memory(monitor: Monitor, tmp_path: Path) -> None:
    # What threads of other tests in this process allocate meanwhile counts as well, but hardly twice.
    folders = [_write(tmp_path / str(count), count) for count in (250, 1250)]
    few, many = (min(_peak(monitor, folder) for _ in range(2)) for folder in folders)
    assert many < few + 64 * 1024  # 65 bytes a capture; they differ by ten thousand in all
    assert many < 20 * 1024 * 1024


def test_the_sample_is_even_over_time() -> None:
    measured = RunningStatistics(capacity=500)
    for start in range(0, 5000, 100):
        measured.add(_rows(np.arange(start, start + 100)))
    drawn = measured.sample[:, 0]
    assert len(drawn) == len(set(drawn)) == 500
    assert np.mean(drawn) == 2500 or abs(np.mean(drawn) - 2500) < 4 * 5000 / np.sqrt(12 * 500)


def test_moments_are_those_of_all_rows_and_leave_out_what_is_missing() -> None:
    values = np.random.default_rng(1).normal(3, 2, 4000)
    measured = RunningStatistics(capacity=10)
    present = np.arange(4000) % 4 > 0
    given = np.where(present, values, np.nan)
    for part in np.split(given, [1, 4, 500, 501, 3000]):  # the first has nothing present
        measured.add(_rows(part))
    kept = values[present]
    assert measured.present[0] == 3000
    assert np.allclose([measured.mean[0], measured.deviation[0]], [kept.mean(), kept.std()])
    assert (measured.least[0], measured.most[0]) == (kept.min(), kept.max())
    assert measured.present[NUMBERS.index("bytes")] == 0


def test_the_whole_window_is_counted_whatever_is_kept(monitor: Monitor, tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    assert sum(1 for _ in captures.read(_write(tmp_path / "some", 300), WINDOW, counts)) == 300
    assert counts == {"lines": 300}

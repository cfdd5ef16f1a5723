"""What drift detection finds: false alarms and detected shifts. What it costs is the topic `monitoring`.

    python -m benchmarks.drift [--runs 200] [--shifted 20] [--archive FILE]

Images are drawn as in the built-in sample; with --archive, a tar.gz in CIFAR-100's binary layout, they are
photographs. The answers are those of a small real model, a support vector machine on directions of edges and colours,
trained on other images. A run is 200 captures, with labels, through the container's own code; a baseline is 200
test images. Photographs are few: runs on one baseline share images, though none with the baseline or the model.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.drift_images import SHIFTS, Archive, Drawn, Source
from benchmarks.drift_world import World
from monitoring.features import DRIFTING

BASELINES = 10
IMAGES = 200


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, help="runs on images of the training distribution")
    parser.add_argument("--shifted", type=int, default=20, help="runs on images of each shift")
    parser.add_argument("--archive", type=Path, help="photographs in place of drawings")
    options = parser.parse_args()
    source: Source = Archive(options.archive) if options.archive else Drawn()
    worlds = [World(source, IMAGES, seed) for seed in range(BASELINES)]
    accuracies = [world.accuracy for world in worlds]
    print(f"{source.name}: model {np.mean(accuracies):.3f} accurate, {BASELINES} baselines of {IMAGES} images")
    print(f"{len(DRIFTING) + 2} tests of distributions and 3 of quality a run; {IMAGES} captures a run")
    _false_alarms(worlds, options.runs)
    _shifts(worlds, options.shifted)


def _false_alarms(worlds: list[World], runs: int) -> None:
    """Runs without a shift: every finding is a false alarm."""
    found = [worlds[run % len(worlds)].run("none", IMAGES, run) for run in range(runs)]
    alarmed = [names for names in found if names]
    print(f"false alarms: {len(alarmed)} of {runs} runs ({len(alarmed) / runs:.1%})")
    by_baseline = [sum(bool(names) for names in found[start :: len(worlds)]) for start in range(len(worlds))]
    print(f"  by baseline: {by_baseline}; by feature: {_times(alarmed)}")


def _shifts(worlds: list[World], runs: int) -> None:
    for shift in SHIFTS:
        found = [worlds[run % len(worlds)].run(shift, IMAGES, 10_000 + run) for run in range(runs)]
        caught = sum(bool(names) for names in found)
        print(f"{shift:<14} caught in {caught} of {runs} runs; by feature: {_times(found)}")


def _times(found: list[set[str]]) -> str:
    names = sorted(
        {name for each in found for name in each}, key=lambda name: (-sum(name in each for each in found), name)
    )
    return ", ".join(f"{name} {sum(name in each for each in found)}" for name in names) or "-"


if __name__ == "__main__":
    main()

"""Made-up pumps: what sensors say of each, and whether it failed within a month."""

import csv
import math
import random
from pathlib import Path

HEADER = ["failed", "hours", "temperature", "vibration", "pressure"]


def draw(rows: int, seed: int) -> list[list[float]]:
    """Rows as HEADER names their columns; old, hot and shaking pumps fail more often."""
    chance = random.Random(seed)
    drawn = []
    for _ in range(rows):
        hours = chance.uniform(0, 20_000)
        temperature = chance.gauss(60, 8)
        vibration = chance.expovariate(1 / 2)
        pressure = chance.gauss(5, 0.5)
        risk = hours / 4_000 + (temperature - 60) / 6 + vibration - abs(pressure - 5) - 5
        failed = int(chance.random() < 1 / (1 + math.exp(-2 * risk)))
        drawn.append([failed, round(hours), round(temperature, 2), round(vibration, 3), round(pressure, 3)])
    return drawn


def write(path: Path, rows: int, seed: int, *, labelled: bool = True) -> None:
    """A CSV file with a header and the label first; unlabelled as the batch transform takes it, with neither."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if labelled:
            writer.writerow(HEADER)
        writer.writerows(row if labelled else row[1:] for row in draw(rows, seed))

"""Every reader of what comes from outside raises only its documented refusals, whatever the input: a short, seeded run.

`make fuzz` runs the same functions for as long as one likes, guided by what they reach.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.fuzz.mutation import mutate
from tests.fuzz.readers import load, names

ROUNDS = 150
SECONDS = 0.6


@pytest.mark.parametrize("name", names())
def test_only_the_documented_refusals_leave_a_reader(name: str) -> None:
    reader = load(name)
    chance = random.Random(f"{name} 8")  # noqa: S311 - not a secret
    deadline = time.monotonic() + SECONDS
    for seed in reader.seeds:
        reader.one_input(seed)
    for count in range(ROUNDS):
        data = mutate(chance.choice(reader.seeds), reader.seeds, chance)
        try:
            reader.one_input(data)
        except Exception as error:
            error.add_note(f"{name}, round {count}: {data[:2000]!r}")
            raise
        if time.monotonic() > deadline and count > len(reader.seeds):
            break


FOUND = [(name, path) for name in names() for path in load(name).found]


@pytest.mark.parametrize(("name", "path"), FOUND, ids=[f"{name}-{path.name}" for name, path in FOUND])
def test_what_once_broke_a_reader_does_so_no_more(name: str, path: Path) -> None:
    load(name).one_input(path.read_bytes())

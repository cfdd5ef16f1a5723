"""Rounds at length, by `make faults`: FAULT_ROUNDS rounds (300) from FAULT_SEED (1), a table of them in FAULT_TABLE.

A file of tests, though no run of all tests collects it, so that it imports modules as they do.
"""

from __future__ import annotations

import os
import traceback
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop, free_port
from tests.faults.rounds import Round, play
from tests.faults.site import Site

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "300"))
SEED = int(os.environ.get("FAULT_SEED", "1"))
TABLE = Path(os.environ.get("FAULT_TABLE", ".scones/faults.md"))
# A site grows by two runs a round; a new one keeps rounds fast.
ROUNDS_OF_A_SITE = 50


def test_at_length(tmp_path_factory: pytest.TempPathFactory) -> None:
    played: list[Round] = []
    base = tmp_path_factory.mktemp("faults")
    for first in range(0, ROUNDS, ROUNDS_OF_A_SITE):
        home = base / str(first)
        home.mkdir()
        site = Site(Laptop(free_port(), home))
        try:
            site.prepare()
            for number in range(first, min(ROUNDS, first + ROUNDS_OF_A_SITE)):
                played.append(_play(site, number))
                _write(played)
                print(_row(played[-1]), flush=True)
        finally:
            site.laptop.scones("down", "--wipe", code=None)
    assert not [round_ for round_ in played if round_.broken]


def _play(site: Site, number: int) -> Round:
    try:
        return play(site, number, SEED)
    except Exception as error:
        # A round that breaks off is a finding as well, and must not end the others. A site whose local
        # AWS does not even start ends here, with the table so far.
        words = traceback.format_exception_only(error)[-1].strip()
        if not site.answers():
            site.up()
        return Round(number, "?", 0, broken=[f"the round broke off: {words}"])


def _row(round_: Round) -> str:
    causes = "; ".join(sorted(set(round_.causes)))[:300]
    cells = (
        round_.number,
        round_.struck,
        f"{round_.delay:.2f}",
        round_.retried,
        round_.approved_again,
        f"{round_.asked_again} ({causes})" if causes else round_.asked_again,
        f"{round_.seconds:.1f}",
        "; ".join(round_.broken) or "nothing",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _write(played: list[Round]) -> None:
    killed = Counter(round_.struck.rsplit(" ", 1)[0] for round_ in played)
    failed = sum(1 for round_ in played if round_.broken)
    lines = [
        f"Seed {SEED}: {len(played)} rounds, {failed} with something broken.",
        "Killed: " + ", ".join(f"{name} {count}" for name, count in sorted(killed.items())) + ".",
        "",
        "| round | killed | after s | runs retried | approved again | images asked again | seconds | broken |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | --- |",
        *map(_row, played),
    ]
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")

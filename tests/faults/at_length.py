"""Rounds at length, by `make faults`: FAULT_ROUNDS rounds (300) from FAULT_SEED (1), a table of them in FAULT_TABLE.

Fifty rounds have a local AWS, and with pytest-xdist several of these go side by side: a round mostly waits. A file of
tests, though no run of all tests collects it, so that it imports modules as they do.
"""

from __future__ import annotations

import fcntl
import json
import os
import traceback
from collections import Counter
from dataclasses import asdict
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


@pytest.mark.parametrize("first", range(0, ROUNDS, ROUNDS_OF_A_SITE))
def test_at_length(first: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    site = Site(Laptop(free_port(), tmp_path_factory.mktemp(f"faults-{first}")))
    broken = []
    try:
        site.prepare()
        for number in range(first, min(ROUNDS, first + ROUNDS_OF_A_SITE)):
            played = _play(site, number)
            print(_row(played), flush=True)
            _note(played, tmp_path_factory.getbasetemp())
            broken += [f"round {number}: {words}" for words in played.broken]
    finally:
        site.laptop.scones("down", "--wipe", code=None)
    assert not broken


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


def _note(played: Round, temporary: Path) -> None:
    """Add a round to those that all workers of this run have played, and write the table of them."""
    whole = temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary
    with (whole / "rounds.jsonl").open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(asdict(played)) + "\n")
        file.flush()
        file.seek(0)
        rounds = [Round(**json.loads(line)) for line in file]
        _write(sorted(rounds, key=lambda round_: round_.number))


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

"""`make mutants MUTANTS=40 SEED=1`: put small faults into the product, one at a time, and count those that tests find.

The first run writes down which quick test (unit, contract, security) runs which line (COVERAGE names the file, kept
between calls); a fault is given to the tests that run its line. Faults go into a copy of the checkout. A survivor is
printed with its line: it asks for a test, or changes nothing that anybody can see.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coverage import CoverageData

from tests.mutants.mutations import Mutation, find_mutations

QUICK = ("tests/unit", "tests/contract", "tests/security")
TOP = Path(__file__).parents[2]
_MOST_TESTS = 40  # of those that run a line; the nearest ones come first
_SECONDS = 180
_LEFT_OUT = shutil.ignore_patterns(".venv", ".mypy_cache", ".ruff_cache", ".hypothesis", ".scones", "dist")


def main(count: int, seed: int, recorded: Path) -> int:
    """Try `count` faults; answers 0, as a share is a figure, not a verdict."""
    if not recorded.exists():
        _record(recorded)
    covered = CoverageData(str(recorded))
    covered.read()
    chosen, caught = list(_chosen(covered, count, seed)), 0
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        shutil.copytree(TOP, copy, ignore=_LEFT_OUT)
        red = _red_without_faults(copy, {test for _, _, tests in chosen for test in tests})
        for number, (module, mutation, tests) in enumerate(chosen, 1):
            found = _is_found(copy, module, mutation, [test for test in tests if test not in red])
            caught += found
            line = (TOP / module).read_text(encoding="utf-8").splitlines()[mutation.line - 1].strip()
            print(
                f"{number:3} {'found' if found else 'SURVIVED'}  {module}:{mutation.line}  {line}  ->  {mutation.text}",
                flush=True,
            )
    print(f"SEED={seed}: {caught} of {count} faults found.")
    return 0


def _record(recorded: Path) -> None:
    command = ["-m", "pytest", "-n", "2", "--dist", "loadfile", "--cov", "--cov-context=test", "--cov-report=", *QUICK]
    environment = {**os.environ, "COVERAGE_FILE": str(recorded)}
    if subprocess.run([sys.executable, *command], cwd=TOP, env=environment, check=False).returncode:
        recorded.unlink(missing_ok=True)
        raise SystemExit("The tests fail without any fault: fix them first.")


def _chosen(covered: CoverageData, count: int, seed: int) -> Iterator[tuple[str, Mutation, list[str]]]:
    """So many faults on lines that some test runs, each line as likely as another."""
    chance = random.Random(seed)  # noqa: S311 - a choice, no secret
    modules = sorted(str(Path(file).relative_to(TOP)) for file in covered.measured_files() if Path(file).exists())
    lines = [
        (module, line) for module in modules for line in sorted(covered.contexts_by_lineno(str(TOP / module)).keys())
    ]
    chance.shuffle(lines)
    known: dict[str, list[Mutation]] = {}
    for module, line in lines:
        if module not in known:
            known[module] = find_mutations((TOP / module).read_bytes())
        there = [mutation for mutation in known[module] if mutation.line == line]
        tests = _tests(covered, module, line)
        if there and tests and count:
            count -= 1
            yield module, chance.choice(there), tests


def _tests(covered: CoverageData, module: str, line: int) -> list[str]:
    """The tests that run a line, those first that mirror its module's folders."""
    contexts = covered.contexts_by_lineno(str(TOP / module)).get(line, [])
    names = {context.partition("|")[0].partition("[")[0] for context in contexts if context}
    parts = Path(module).with_suffix("").parts
    return sorted(names, key=lambda name: (-sum(part in name for part in parts), name))[:_MOST_TESTS]


def _red_without_faults(copy: Path, tests: set[str]) -> set[str]:
    """The tests that cannot run in a copy, which would find everything."""
    said = _pytest(copy, ["-rfE", *sorted(tests)], 30 * _SECONDS).stdout
    reported = (line.split(" ")[1] for line in said.splitlines() if line.startswith(("FAILED ", "ERROR ")))
    return {test.partition("[")[0] for test in reported}


def _is_found(copy: Path, module: str, mutation: Mutation, tests: list[str]) -> bool:
    file = copy / module
    whole = file.read_bytes()
    file.write_bytes(mutation.apply(whole))
    try:
        return bool(tests) and _pytest(copy, ["-x", *tests], _SECONDS).returncode != 0
    except subprocess.TimeoutExpired:
        return True  # an endless loop is found
    finally:
        file.write_bytes(whole)


def _pytest(copy: Path, words: list[str], seconds: int) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{copy}:{copy / 'lambdas'}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *words]
    return subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


if __name__ == "__main__":
    sys.exit(
        main(
            int(os.environ.get("MUTANTS") or 40),
            int(os.environ.get("SEED") or 1),
            Path(os.environ.get("COVERAGE") or TOP / ".mutants"),
        )
    )

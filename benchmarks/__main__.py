"""Measures and writes docs/benchmarks.md.

python -m benchmarks                 all topics; BENCH=quick makes few rounds of it
python -m benchmarks pipeline demo   only these
python -m benchmarks report          nothing, only the page from the raw figures
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace

from benchmarks import machine, report, results, topics

_KINDS = ("full", "quick")


def main(words: Sequence[str]) -> int:
    """Measure the named topics, storing each when it is done; answers 1 if one failed."""
    kind = os.environ.get("BENCH", "") or "full"
    unknown = [word for word in words if word not in topics.CHOICES and list(words) != ["report"]]
    if unknown:
        print(f"There is no topic {unknown[0]!r}; there are report, {', '.join(topics.CHOICES)}.", file=sys.stderr)
        return 2
    if kind not in _KINDS:
        print(f"BENCH is {kind!r}; it must be one of {', '.join(_KINDS)}.", file=sys.stderr)
        return 2
    # As in a person's shell: a Python that keeps no bytecode compiles all of its modules at each start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    chosen = [] if list(words) == ["report"] else list(words) or list(topics.CHOICES)
    failed = [topic for topic in chosen if not _measure(topic, kind == "quick")]
    print(f"Wrote {report.write()}.{' Failed: ' + ', '.join(failed) if failed else ''}")
    return 1 if failed else 0


def _measure(topic: str, quick: bool) -> bool:
    print(f"{topic}: {topics.CHOICES[topic]}", file=sys.stderr, flush=True)
    before = machine.conditions(quick)
    try:
        results.write(replace(topics.measure(topic, quick), conditions=before))
    except (Exception, SystemExit):
        # A topic that fails must not lose the others' results.
        traceback.print_exc()
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

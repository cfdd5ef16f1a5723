"""The table of candidates, for docs/."""

from benchmarks.search.results import Summary

COLUMNS = ("profile", "trainings", "mean accuracy", "95 % interval", "CPU seconds a training")


def table(summaries: list[Summary]) -> str:
    """Write summaries as a Markdown table, in the order given."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(_row(each) for each in summaries)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(each: Summary) -> tuple[str, ...]:
    interval = f"{each.low:.3f} to {each.high:.3f}"
    return each.candidate, str(each.trials), f"{each.accuracy:.4f}", interval, f"{each.cpu_seconds:.0f}"

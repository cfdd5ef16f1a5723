"""The table of what was tried, for docs/."""

from benchmarks.search.results import Summary

HEAD = "| profile | trainings | mean accuracy | 95 % interval | CPU seconds a training |\n| --- | --- | --- | --- | --- |\n"


def table(summaries: list[Summary]) -> str:
    """Write summaries as a Markdown table, in the order given."""
    return HEAD + "".join(_row(each) for each in summaries)


def _row(each: Summary) -> str:
    interval = f"{each.low:.3f} to {each.high:.3f}"
    return f"| {each.candidate} | {each.trials} | {each.accuracy:.4f} | {interval} | {each.cpu_seconds:.0f} |\n"

"""Which runs the table shows, in which order and with which columns; an address holds it all."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from console.page.run import Details, Run

PAGE = 50
STATUSES = ("Executing", "Stopping", "Stopped", "Failed", "Succeeded")
ACCURACY = "accuracy"
# What every run has; any other column is a parameter or a metric.
OWN = ("id", "status", "started", "duration", "profile", ACCURACY, "version", "trigger")
NUMERIC = ("started", "duration", ACCURACY, "version")

_Value = str | float | None
_COMPARISON = re.compile(r"([\w.]+)(>=|<=|!=|=|>|<)(.+)")
_OPERATORS: Mapping[str, Callable[[object, object], bool]] = {
    ">": operator.gt,  # type: ignore[dict-item]
    "<": operator.lt,  # type: ignore[dict-item]
    ">=": operator.ge,  # type: ignore[dict-item]
    "<=": operator.le,  # type: ignore[dict-item]
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Query:
    """What a person asks of the table. `sort` is a column, with `-` before it for the largest first."""

    words: str = ""
    statuses: tuple[str, ...] = ()
    sort: str = "-started"
    columns: tuple[str, ...] = ()
    page: int = 1

    def sorted_by(self, column: str) -> Query:
        """By another column; by the same once more, the other way round."""
        first = f"-{column}" if column in NUMERIC else column
        other = column if first.startswith("-") else f"-{column}"
        return replace(self, sort=other if self.sort == first else first, page=1)


def parse_query(address: str) -> Query:
    """The query in an address's query string; what it does not know it leaves out."""
    given = dict(parse_qsl(address))
    page = given.get("page", "1")
    return Query(
        words=given.get("q", ""),
        statuses=tuple(word for word in given.get("status", "").split(",") if word in STATUSES),
        sort=given.get("sort") or Query.sort,
        columns=tuple(dict.fromkeys(filter(None, given.get("columns", "").split(",")))),
        page=max(1, int(page)) if page.isdecimal() else 1,
    )


def write_query(query: Query) -> str:
    """The query as an address's query string, without what is so anyhow."""
    members = {
        "q": query.words,
        "status": ",".join(query.statuses),
        "sort": "" if query.sort == Query.sort else query.sort,
        "columns": ",".join(query.columns),
        "page": "" if query.page == 1 else str(query.page),
    }
    return urlencode({name: value for name, value in members.items() if value}, safe=",")


_LISTED: Mapping[str, Callable[[Run], _Value]] = {
    "id": lambda run: run.id,
    "status": lambda run: run.status,
    "started": lambda run: run.start.timestamp(),
    "duration": lambda run: run.seconds,
}
_DETAILED: Mapping[str, Callable[[Details], _Value]] = {
    "profile": lambda details: details.profile or None,
    "trigger": lambda details: details.trigger or None,
    "version": lambda details: details.version,
}


def get_value(run: Run, column: str) -> _Value:
    """A run's value in a column: text, a number (seconds, seconds since 1970), or None where it has none."""
    if column in _LISTED:
        return _LISTED[column](run)
    if run.details is None:
        return None
    if column in _DETAILED:
        return _DETAILED[column](run.details)
    return run.details.metrics.get(column, run.details.parameters.get(column))


def list_columns(runs: Iterable[Run]) -> list[str]:
    """The parameters and metrics that any of the runs has, and that can be chosen as columns."""
    found: set[str] = set()
    for run in runs:
        if run.details:
            found |= run.details.parameters.keys() | run.details.metrics.keys()
    return sorted(found - set(OWN), key=str.lower)


def select_runs(query: Query, runs: Iterable[Run]) -> list[Run]:
    """All runs that the query is about, in its order; those without a value to sort by are last."""
    words = query.words.lower().split()
    kept = [
        run
        for run in runs
        if (not query.statuses or run.status in query.statuses) and all(_holds(word, run) for word in words)
    ]
    column, descending = query.sort.removeprefix("-"), query.sort.startswith("-")
    known = [(run, get_value(run, column)) for run in kept]
    with_value = [(run, value) for run, value in known if value is not None]
    with_value.sort(key=lambda pair: _comparable(pair[1]), reverse=descending)
    return [run for run, _ in with_value] + [run for run, value in known if value is None]


def show_page(query: Query, runs: list[Run]) -> tuple[int, list[Run]]:
    """The page of the selected runs that the query asks for, or the last; its number from 1, and its runs."""
    last = max(1, -(-len(runs) // PAGE))
    page = min(query.page, last)
    return page, runs[(page - 1) * PAGE : page * PAGE]


def _holds(word: str, run: Run) -> bool:
    """Whether a run fits one word: `accuracy>0.8` compares a column, any other is looked for everywhere."""
    comparison = _COMPARISON.fullmatch(word)
    return _compares(run, *comparison.groups()) if comparison else word in _searched(run)


def _compares(run: Run, name: str, sign: str, wanted: str) -> bool:
    value = next((get_value(run, column) for column in _named(run, name)), None)
    if value is None:
        return sign == "!="
    left, right = _comparable(value), _comparable(wanted)
    return left[0] == right[0] and _OPERATORS[sign](left, right) if sign != "!=" else left != right


def _named(run: Run, name: str) -> Iterable[str]:
    """The column of this name, whatever its case."""
    details = run.details
    names = (*OWN, *(details.parameters if details else ()), *(details.metrics if details else ()))
    return (column for column in names if column.lower() == name)


def _comparable(value: _Value) -> tuple[int, float, str]:
    """Numbers before words, numbers by size, also those that are written as text."""
    try:
        return 0, float(value if value is not None else ""), ""
    except ValueError:
        return 1, 0.0, str(value).lower()


def _searched(run: Run) -> str:
    details = run.details
    more = (
        [details.profile, details.trigger, details.started_by, details.start_reason, details.commit, details.note]
        + [f"{name}={value}" for name, value in details.parameters.items()]
        if details
        else []
    )
    return " ".join([run.id, run.name, run.status, run.reason, *more]).lower()

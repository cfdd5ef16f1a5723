"""What bounds a workflow: AWS's quotas, without which one can end the local AWS, and the delays of Retry.

A definition that is no state machine is refused, States.ArrayRange makes at most 1,000 items, and an execution fails at
25,000 events, as one that goes in a circle does at last. StringMatches takes time in proportion to the text: as the
regular expression that MiniStack makes of it, thirty asterisks would hold the whole process for ever. MiniStack waits
without jitter before a retry, and longer than MaxDelaySeconds allows.
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from localaws import nesting
from localaws.aws import Aws
from localaws.ministack.patching import Patch

Document = dict[str, Any]
Validate = Callable[[Any], str | None]

MOST_EVENTS = 25_000
MOST_ITEMS = 1_000
MOST_LEVELS = 200
_STARS = re.compile(r"(?<!\\)(?:\*)+")
_WITHIN = ("Branches", "Iterator", "ItemProcessor")


def patch(_: Aws) -> Patch:
    """Hold definitions, arrays and histories to their limits, and give every retrier the delay that it has on AWS."""
    return Patch(
        replaces={
            stepfunctions: {
                "_add_event": _ending,
                "_evaluate_rule": _matching,
                "_exec_intrinsic": _counting,
                "_find_matching_retrier": _delaying,
                "_validate_definition_jsonata": _validating,
            }
        },
        reads={
            stepfunctions: ("_ExecutionError", "_eval_intrinsic_arg", "_fail_execution", "_resolve_path_or_ctx"),
        },
    )


def problem(text: object) -> str | None:
    """Why a definition is no state machine, in the words that begin AWS's; None for one that can be run."""
    if not isinstance(text, str):
        return None  # a request without one is MiniStack's to refuse
    try:
        definition = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"INVALID_JSON_DESCRIPTION: {type(error).__name__}: {str(error)[:200]}"
    if nesting.is_deeper(definition, MOST_LEVELS):
        return f"INVALID_JSON_DESCRIPTION: the definition is nested deeper than {MOST_LEVELS} levels"
    return _machine(definition, "/")


def matches(pattern: str, text: str) -> bool:
    """Whether `text` is `pattern`: an asterisk stands for any characters, one after a backslash for itself."""
    first, *rest = _parts(pattern)
    if not rest:
        return text == first
    last = rest.pop()
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in rest:  # the first place is the best one: what follows has the most left
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _parts(pattern: str) -> list[str]:
    """What stands between the asterisks."""
    parts = [re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in _STARS.split(pattern)]
    return [part for place, part in enumerate(parts) if part or place in (0, len(parts) - 1)]


def _machine(body: object, place: str) -> str | None:
    states = body.get("States") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(states, dict) or not states:
        return f"SCHEMA_VALIDATION_FAILED: a state machine has StartAt and States at {place}"
    for target in (body.get("StartAt"), *(state["Next"] for state in states.values() if _has_next(state))):
        if not isinstance(target, str) or target not in states:
            return f"MISSING_TRANSITION_TARGET: {str(target)[:100]!r} is no state at {place}"
    found = (_state(state, f"{place}States/{name}/") for name, state in states.items())
    return next((said for said in found if said), None)


def _state(state: object, place: str) -> str | None:
    if not isinstance(state, dict) or not isinstance(state.get("Type"), str):
        return f"SCHEMA_VALIDATION_FAILED: a state is an object with a Type at {place}"
    inner = [item for name in _WITHIN for item in _listed(state.get(name))]
    found = (_machine(item, place) for item in inner)
    return next((said for said in found if said), None)


def _has_next(state: object) -> bool:
    return isinstance(state, dict) and "Next" in state


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _validating(original: Validate) -> Validate:
    return lambda text: problem(text) or original(text)


def _counting(original: Callable[..., Any]) -> Callable[..., Any]:
    def count(node: Any, data: Any, ctx: Any) -> Any:  # noqa: ANN401 - MiniStack's own
        _, name, given = node
        if name == "States.ArrayRange":
            start, end, step = (int(stepfunctions._eval_intrinsic_arg(item, data, ctx)) for item in given)
            if step == 0 or abs(end - start) // abs(step) >= MOST_ITEMS:
                raise stepfunctions._ExecutionError(
                    "States.IntrinsicFailure", f"States.ArrayRange makes at most {MOST_ITEMS:,} items."
                )
        return original(node, data, ctx)

    return count


def _ending(original: Callable[..., Any]) -> Callable[..., Any]:
    def add(execution: Document, kind: str, *more: Any, **named: Any) -> Any:  # noqa: ANN401
        answer = original(execution, kind, *more, **named)
        if len(execution["events"]) == MOST_EVENTS - 1:
            sentence = f"The execution reached the maximum number of history events ({MOST_EVENTS})."
            stepfunctions._fail_execution(execution, "States.Runtime", sentence)
        return answer

    return add


def _matching(original: Callable[..., bool]) -> Callable[..., bool]:
    def evaluate(rule: Document, data: Any, ctx: Any = None) -> bool:  # noqa: ANN401
        if "StringMatches" not in rule or "Variable" not in rule:
            return original(rule, data, ctx)
        value = stepfunctions._resolve_path_or_ctx(rule["Variable"], data, ctx)
        return isinstance(value, str) and matches(str(rule["StringMatches"]), value)

    return evaluate


Retrier = dict[str, Any]
Find = Callable[[list[Retrier], str, dict[int, int]], tuple[Retrier | None, int]]


def _delaying(find: Find) -> Find:
    def find_with_delay(retriers: list[Retrier], error: str, counts: dict[int, int]) -> tuple[Retrier | None, int]:
        retrier, index = find(retriers, error, counts)
        if retrier is None:
            return retrier, index
        return {**retrier, "IntervalSeconds": delay(retrier, counts.get(index, 0)), "BackoffRate": 1}, index

    return find_with_delay


def delay(retrier: Retrier, attempts: int) -> float:
    """Seconds before the next attempt; with FULL jitter anything from 0 to what it would be without."""
    seconds = float(retrier.get("IntervalSeconds", 1)) * float(retrier.get("BackoffRate", 2.0)) ** attempts
    longest = min(seconds, float(retrier.get("MaxDelaySeconds", seconds)))
    return random.uniform(0, longest) if retrier.get("JitterStrategy") == "FULL" else longest  # noqa: S311 - no secret

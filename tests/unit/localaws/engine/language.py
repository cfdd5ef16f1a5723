"""Drawn expressions of the definition's language, each with what it must come to."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from localaws.engine.references import Scope

TEXTS = st.text("aé0._-$ '\"[]", max_size=3)
SINGLES = TEXTS | st.sampled_from([None, True, False, 0, 1, -7, 0.5, 1.0, 1e-9])
DOCUMENTS = st.recursive(
    SINGLES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=5
)
_OBJECTS = st.dictionaries(TEXTS, DOCUMENTS, max_size=3)


@dataclass(frozen=True)
class World:
    """What expressions can name."""

    parameters: dict[str, Any]
    execution: dict[str, Any]
    outputs: dict[str, Any]
    file: Any

    @property
    def scope(self) -> Scope:
        return Scope(
            self.parameters, self.execution, self.outputs, lambda _step, _name: self.file, lambda _uri: self.file
        )


@dataclass(frozen=True)
class Meant:
    """An expression, its value, and the parameters, steps and property files that it names."""

    expression: Any
    value: Any
    names: frozenset[tuple[str, ...]] = frozenset()


WORLDS = st.builds(
    World,
    parameters=st.fixed_dictionaries({"Depth": SINGLES}),
    execution=st.fixed_dictionaries({"PipelineName": TEXTS}),
    outputs=st.fixed_dictionaries({"Train-1": _OBJECTS, "b_2": _OBJECTS}),
    file=DOCUMENTS,
)


@st.composite
def paths(draw: st.DrawFn, document: Any) -> tuple[str, Any]:
    """A way into a document as a definition may write it, and what is there."""
    written = ""
    while isinstance(document, list | dict) and document and draw(st.booleans()):
        if isinstance(document, list):
            place: int | str = draw(st.integers(0, len(document) - 1))
            step = f"[{place}]"
        else:
            place = draw(st.sampled_from(sorted(document)))
            quotes = [quote for quote in "'\"" if quote not in place]
            dotted = [f".{place}"] if re.fullmatch(r"\w[\w-]*", place) else []
            spelled = [*dotted, *(f"[{quote}{place}{quote}]" for quote in quotes)]
            if not spelled:
                break  # a key with quotes of both kinds cannot be written
            step = draw(st.sampled_from(spelled))
        written, document = written + step, document[place]
    return written, document


def expressions(world: World) -> st.SearchStrategy[Meant]:
    """Values with references at any depth."""
    return st.recursive(
        DOCUMENTS.map(lambda value: Meant(value, value)) | _gets(world) | _json_gets(world),
        lambda inner: (
            st.lists(inner, max_size=3).map(_listed)
            | st.dictionaries(TEXTS, inner, max_size=3).map(_keyed)
            | st.builds(_joined, TEXTS, st.lists(inner, max_size=3))
        ),
        max_leaves=5,
    )


@st.composite
def _gets(draw: st.DrawFn, world: World) -> Meant:
    root, known = draw(
        st.sampled_from([("Parameters", world.parameters), ("Execution", world.execution), ("Steps", world.outputs)])
    )
    name = draw(st.sampled_from(sorted(known)))
    path, value = draw(paths(known[name])) if root == "Steps" else ("", known[name])
    return Meant({"Get": f"{root}.{name}{path}"}, value, frozenset({(root, name)} - {("Execution", name)}))


@st.composite
def _json_gets(draw: st.DrawFn, world: World) -> Meant:
    step, file = draw(st.sampled_from([("Evaluate", "Report"), ("b_2", "A")]))
    path, value = draw(paths(world.file))
    body = {"PropertyFile": {"Get": f"Steps.{step}.PropertyFiles.{file}"}, "Path": path.removeprefix(".")}
    return Meant({"Std:JsonGet": body}, value, frozenset({("Steps", step), ("Files", step, file)}))


def _listed(items: list[Meant]) -> Meant:
    return Meant([item.expression for item in items], [item.value for item in items], _names(items))


def _keyed(items: dict[str, Meant]) -> Meant:
    expression = {key: item.expression for key, item in items.items()}
    return Meant(expression, {key: item.value for key, item in items.items()}, _names(list(items.values())))


def _joined(separator: str, items: list[Meant]) -> Meant:
    texts = [item.value if isinstance(item.value, str) else json.dumps(item.value) for item in items]
    expression = {"Std:Join": {"On": separator, "Values": [item.expression for item in items]}}
    return Meant(expression, separator.join(texts), _names(items))


def _names(items: list[Meant]) -> frozenset[tuple[str, ...]]:
    return frozenset().union(*(item.names for item in items))

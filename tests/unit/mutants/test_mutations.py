"""Which faults are put into a module."""

from __future__ import annotations

import ast

import pytest

from tests.mutants.mutations import find_mutations


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("a < b", ["(a <= b)"]),
        ("a is not None", ["(a is None)"]),
        ("a and b or c", ["((a and b) and (c))", "((a) or (b)) or c"]),
        ("x = 'é' + y", ["x = ('é' - y)"]),
        ("return_ = True", ["return_ = False"]),
        ("n = 3", ["n = 4"]),
        ("f(x)", ["pass"]),
        ("while not a: pass", ["while (not (not a)): pass", "while bool(a): pass"]),
    ],
)
def test_each_kind_of_fault_is_found_with_its_text(source: str, faults: list[str]) -> None:
    got = [mutation.apply(source.encode()).decode() for mutation in find_mutations(source.encode())]
    assert sorted(got) == sorted(faults)
    for text in got:
        ast.parse(text)


def test_what_does_not_run_gets_no_fault() -> None:
    source = b'"""A module of 3 lines."""\nimport os\n\ndef f(x: "int | None" = None) -> "list[3]": ...\n'
    assert find_mutations(source) == []

"""What a small fault looks like in Python: every place of a module where one may be put, and the text with it.

The kinds are the classic ones of mutation testing: a comparison, a boolean or arithmetic operator exchanged, a
condition negated, a number moved by one, a truth value turned over, an answer or a call left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*",
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """One fault: what stands at `start` to `end` (offsets in UTF-8 bytes) becomes `text`."""

    line: int
    start: int
    end: int
    text: str

    def apply(self, source: bytes) -> bytes:
        """The module with this fault."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def find_mutations(source: bytes) -> list[Mutation]:
    """Every fault that can be put into a module, in the order of their places."""
    found = {mutation for node in _code(ast.parse(source)) for mutation in _of(node, _Text(source))}
    return sorted(found, key=lambda mutation: (mutation.start, mutation.end, mutation.text))


class _Text:
    """A module's text, by the places that a syntax tree tells."""

    def __init__(self, source: bytes) -> None:
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._source = source

    def replace(self, node: ast.expr | ast.stmt, text: str) -> Mutation:
        start = self._lines[node.lineno - 1] + node.col_offset
        end = self._lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        return Mutation(node.lineno, start, end, text)

    def of(self, node: ast.expr) -> str:
        whole = self.replace(node, "")
        return self._source[whole.start : whole.end].decode()


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run: no annotations, no imports, no docstrings."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST) and not isinstance(node, (ast.Import, ast.ImportFrom)):
                yield node
                yield from _code(node)


def _of(node: ast.AST, text: _Text) -> Iterator[Mutation]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _COMPARISONS:
            yield text.replace(node, f"({text.of(left)} {_COMPARISONS[type(operator)]} {text.of(right)})")
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            yield text.replace(node, f"({text.of(left)} {_ARITHMETIC[type(operator)]} {text.of(right)})")
        case ast.BoolOp(op=operator, values=values):
            other = " or " if isinstance(operator, ast.And) else " and "
            yield text.replace(node, "(" + other.join(f"({text.of(value)})" for value in values) + ")")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield text.replace(node, f"bool({text.of(operand)})")
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield text.replace(test, f"(not ({text.of(test)}))")
        case ast.Constant(value=bool() as value):
            yield text.replace(node, str(not value))
        case ast.Constant(value=int() as value):
            yield text.replace(node, str(value + 1))
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield text.replace(node, "return None")
        case ast.Expr(value=ast.Call()):
            yield text.replace(node, "pass")

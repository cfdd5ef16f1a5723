"""The template's source: texts with their line numbers, so that the comment beside one is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

_COMMENT = re.compile(r"(?:^|\s)#\s*(\S.*)$")


class Text(str):
    """A text of the template and the number of its line."""

    __slots__ = ("line",)
    line: int


# The parser in C is ten times as quick, where PyYAML was built with it.
_Safe: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc] # PyYAML brings no types
    """Reads CloudFormation's short forms as lists of their name and their value."""


def _text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Text:
    text = Text(loader.construct_scalar(node))
    text.line = node.start_mark.line
    return text


def _short_form(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {name: _text(loader, node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_constructor("tag:yaml.org,2002:str", _text)
_Loader.add_multi_constructor("!", _short_form)


class Document:
    """A template's text, and its parsed content."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self.resources: dict[str, Any] = yaml.load(text, _Loader)["Resources"]  # noqa: S506 - safe

    def comment(self, text: str) -> str:
        """The comment behind a text on its line; empty if there is none."""
        found = _COMMENT.search(self._lines[text.line]) if isinstance(text, Text) else None
        return found.group(1) if found else ""

    def of_type(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical names and properties of the resources of a type."""
        for logical, resource in self.resources.items():
            if resource["Type"] == name:
                yield logical, resource.get("Properties", {})

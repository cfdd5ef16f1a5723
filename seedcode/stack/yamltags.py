"""CloudFormation's YAML, with its short forms (`!Ref`, `!Sub`) read as the long ones (`{"Ref": ...}`)."""

from typing import Any

import yaml

# These two keep their name; every other short form stands for `Fn::<name>`.
_BARE = ("Ref", "Condition")


# The parser in C is ten times as quick, where PyYAML was built with it.
_Safe: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc] # PyYAML brings no types
    """A safe loader that knows CloudFormation's tags and leaves dates as they are written."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value = _value(loader, node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in _BARE else f"Fn::{suffix}": value}


def _value(loader: yaml.SafeLoader, node: yaml.Node) -> Any:  # noqa: ANN401 - any YAML
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _short_form)
# A policy's "2012-10-17" is a text also where somebody forgot its quotes.
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))


def read(text: str) -> dict[str, Any]:
    """Read a template's text."""
    loader = _Loader(text)
    try:
        document: dict[str, Any] = loader.get_single_data()
    finally:
        loader.dispose()
    return document

"""The outputs that a Lambda or Callback step declares: they arrive as text, and are of the types that it says."""

from __future__ import annotations

from collections.abc import Sequence

from localaws import errors
from localaws.engine.parameters import parse_value
from localaws.shapes import Document


def type_outputs(declared: Sequence[Document], given: Sequence[Document]) -> Document:
    """The values of declared outputs by name, each of its type; what is not declared is passed over.

    Raises ValidationException for text of another type, and for an output that stands twice.
    """
    names = [item["Name"] for item in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise errors.validation(f"Output parameter names must be unique; {twice[0]!r} stands twice.")
    kinds = {item["OutputName"]: item["OutputType"] for item in declared}
    return {
        item["Name"]: parse_value(f"output parameter {item['Name']!r}", kinds[item["Name"]], item["Value"])
        for item in given
        if item["Name"] in kinds
    }

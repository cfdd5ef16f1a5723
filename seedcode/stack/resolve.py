"""What a template's names will be, worked out before anything is created.

Only what a name is made of is known here: Ref and Sub of parameters and pseudo parameters, Join, Select, Split and
conditions. Anything else, such as another resource's attribute, is not known before it exists: None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_PLACE = re.compile(r"\$\{(!?)([^}]+)\}")


def pseudo_parameters(account: str, region: str, stack: str) -> dict[str, str]:
    """CloudFormation's own parameters."""
    china, gov = region.startswith("cn-"), region.startswith("us-gov-")
    return {
        "AWS::AccountId": account,
        "AWS::Region": region,
        "AWS::StackName": stack,
        "AWS::Partition": "aws-cn" if china else "aws-us-gov" if gov else "aws",
        "AWS::URLSuffix": "amazonaws.com.cn" if china else "amazonaws.com",
    }


class Resolver:
    """A template's conditions and texts under one set of parameters, pseudo parameters included."""

    def __init__(self, document: Mapping[str, Any], values: Mapping[str, str]) -> None:
        self._conditions: Mapping[str, Any] = document.get("Conditions", {})
        self._values = values

    def holds(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        return self._test(self._conditions[name])

    def exists(self, resource: Mapping[str, Any]) -> bool:
        """Whether a resource is created under these parameters."""
        return "Condition" not in resource or self.holds(resource["Condition"])

    def text(self, value: Any) -> str | None:  # noqa: ANN401 - any node of a template
        """The text that a node stands for; None where it cannot be known yet."""
        if not isinstance(value, dict):
            return None if isinstance(value, list) or value is None else str(value)
        [(function, given)] = value.items() if len(value) == 1 else [("", None)]
        readers: dict[str, Callable[[Any], str | None]] = {
            "Ref": self._ref,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
        }
        return readers[function](given) if function in readers else None

    def _ref(self, name: str) -> str | None:
        return self._values.get(name)

    def _sub(self, given: Any) -> str | None:  # noqa: ANN401
        pattern, own = (given, {}) if isinstance(given, str) else given
        known = {**self._values, **{name: self.text(node) for name, node in own.items()}}
        names = [name for literal, name in _PLACE.findall(pattern) if not literal]
        if any(known.get(name) is None for name in names):
            return None
        return _PLACE.sub(lambda place: f"${{{place[2]}}}" if place[1] else str(known[place[2]]), pattern)

    def _if(self, given: list[Any]) -> str | None:
        return self.text(given[1] if self.holds(given[0]) else given[2])

    def _join(self, given: list[Any]) -> str | None:
        texts = self._texts(given[1])
        return None if texts is None else str(given[0]).join(texts)

    def _select(self, given: list[Any]) -> str | None:
        texts = self._texts(given[1])
        index = self.text(given[0])
        if texts is None or index is None or not index.isdecimal() or int(index) >= len(texts):
            return None
        return texts[int(index)]

    def _texts(self, node: Any) -> list[str] | None:  # noqa: ANN401
        if isinstance(node, dict):
            if "Fn::Split" in node:
                whole = self.text(node["Fn::Split"][1])
                return None if whole is None else whole.split(node["Fn::Split"][0])
            whole = self.text(node)
            # An empty list has no members: nothing can be selected from it.
            return None if whole is None else whole.split(",") if whole else []
        texts = [self.text(item) for item in node]
        return None if None in texts else [str(item) for item in texts]

    def _test(self, node: dict[str, Any]) -> bool:
        [(function, given)] = node.items()
        if function == "Condition":
            return self.holds(given)
        if function == "Fn::Equals":
            first, second = (self.text(item) for item in given)
            return first is not None and first == second
        results = [self._test(item) for item in given]
        return {"Fn::And": all, "Fn::Or": any}[function](results) if function != "Fn::Not" else not results[0]

"""Functions in a template's conditions, and Fn::Select: MiniStack misreads the first and selects from nothing.

A condition may compare what Join, Sub, Split or FindInMap make, which MiniStack takes for a map that equals nothing:
the condition came out wrong without a word. And an empty list parameter has no first member that Fn::Select could
select; MiniStack answers an empty text, where CloudFormation ends with a template error:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-select.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from localaws.ministack import replace

Document = dict[str, Any]
Evaluate = Callable[[Document, Document], dict[str, bool]]
Resolve = Callable[..., Any]

_LOGICAL = ("Fn::And", "Fn::Or", "Fn::Not")


def apply() -> None:
    """Resolve what conditions compare as everywhere else, and refuse to select from an empty list parameter."""
    from ministack.services.cloudformation import changesets, engine, handlers, stacks  # noqa: PLC0415

    replace(engine, "_rule_inner_type", lambda kept: kept)
    replace(engine, "_resolve_refs", _refusing(engine))
    evaluate = _resolving(engine, engine._evaluate_conditions)
    for module in (engine, changesets, handlers, stacks):
        replace(module, "_evaluate_conditions", lambda _: evaluate)


def _refusing(engine: ModuleType) -> Callable[[Resolve], Resolve]:
    def refusing(resolve: Resolve) -> Resolve:
        def resolve_refs(value: Any, resources: Document, params: Document, *more: object) -> Any:  # noqa: ANN401
            if isinstance(value, dict) and "Fn::Select" in value:
                _check_selection(engine, value["Fn::Select"], params)
            return resolve(value, resources, params, *more)

        return resolve_refs

    return refusing


def _check_selection(engine: ModuleType, given: object, params: Mapping[str, Document]) -> None:
    index, source = given if isinstance(given, list) else (0, None)
    name = source.get("Ref") if isinstance(source, dict) else None
    parameter = params.get(name or "")
    if parameter and engine._rule_inner_type(parameter.get("Type", "String"))[1] and not parameter["Value"]:
        raise ValueError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")


def _resolving(engine: ModuleType, evaluate: Evaluate) -> Evaluate:
    def evaluate_conditions(template: Document, params: Document) -> dict[str, bool]:
        def resolved(value: object) -> object:
            text = engine._resolve_refs(value, {}, params, {}, template.get("Mappings", {}), "", "")
            if isinstance(text, (list, dict)):
                raise ValueError("Template error: every Fn::Equals object requires a list of 2 string parameters.")
            return text

        def condition(node: object) -> object:
            if not isinstance(node, dict):
                return node
            if "Fn::Equals" in node:
                return {"Fn::Equals": [resolved(value) for value in node["Fn::Equals"]]}
            return {
                name: [condition(one) for one in given] if name in _LOGICAL else given for name, given in node.items()
            }

        conditions = {name: condition(node) for name, node in template.get("Conditions", {}).items()}
        return evaluate({**template, "Conditions": conditions}, params)

    return evaluate_conditions

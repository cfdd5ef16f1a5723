"""CloudFormation's templates: MiniStack misreads functions in conditions, Fn::Select of nothing, and change sets.

- A condition may compare what Join, Sub, Split or FindInMap make, which MiniStack takes for a map that equals nothing.
- An empty list parameter has no first member that Fn::Select could select; MiniStack answers an empty text, where
  CloudFormation ends with a template error:
  https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-select.html
- A resource whose condition has become true is added by a change set; MiniStack sees it in both templates.
- An ECR repository can be imported.
- A template is read by the parser in C and then kept, as one deployment reads the same several times: 0.3 s each for
  4,000 lines, and 0.5 s by the parser in Python.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import yaml
from ministack.services import ecr
from ministack.services.cloudformation import changesets, engine, handlers, stacks

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Document = dict[str, Any]
Evaluate = Callable[[Document, Document], dict[str, bool]]
Resolve = Callable[..., Any]
Parse = Callable[[str], Document]

_KEPT = 8
"""Templates: two of a stack that is updated, and some of its neighbours."""
_LOGICAL = ("Fn::And", "Fn::Or", "Fn::Not")


def patch(_: Aws) -> Patch:
    """Resolve what conditions compare as everywhere else, and heed conditions in change sets."""
    evaluating = {"_evaluate_conditions": _resolving}
    parse = lru_cache(_KEPT)(engine._parse_template)

    def keep(_: Parse) -> Parse:
        return lambda body: copy.deepcopy(parse(body))

    parsing = {"_parse_template": keep}
    return Patch(
        replaces={
            changesets: {**evaluating, **parsing, "_resolve_props_for_diff": heed_conditions},
            engine: {**evaluating, **parsing, "_resolve_refs": _checking, "CfnLoader": read_in_c},
            handlers: {**evaluating, **parsing},
            stacks: evaluating,
        },
        handlers={("AWS::ECR::Repository", "import"): lambda _: _adopt_repository},
        reads={ecr: ("_repositories",), engine: ("_rule_inner_type",)},
    )


def read_in_c(loader: Any) -> Any:  # noqa: ANN401 - PyYAML brings no types
    """A loader that constructs what another one does, from what PyYAML's parser in C reads where it was built."""
    if not hasattr(yaml, "CSafeLoader"):
        return loader
    return type(loader.__name__, (yaml.CSafeLoader,), {"yaml_constructors": loader.yaml_constructors})


def _checking(resolve: Resolve) -> Resolve:
    def resolve_refs(value: Any, resources: Document, params: Document, *more: object) -> Any:  # noqa: ANN401
        if isinstance(value, dict) and "Fn::Select" in value:
            _check_selection(value["Fn::Select"], params)
        return resolve(value, resources, params, *more)

    return resolve_refs


def _check_selection(given: object, params: Mapping[str, Document]) -> None:
    index, source = given if isinstance(given, list) else (0, None)
    name = source.get("Ref") if isinstance(source, dict) else None
    parameter = params.get(name or "")
    if parameter and engine._rule_inner_type(parameter.get("Type", "String"))[1] and not parameter["Value"]:
        raise ValueError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")


def _resolving(evaluate: Evaluate) -> Evaluate:
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


def heed_conditions(resolve: Resolve) -> Resolve:
    """Leave out of a template what its conditions leave out, under the parameters that it is compared with."""

    def resolve_existing(template: Mapping[str, Any], params: Mapping[str, Any], *rest: str) -> dict[str, Any]:
        resolved = resolve(template, params, *rest)
        if not resolved:
            return resolved
        holds = changesets._evaluate_conditions(template, params)
        kept = {name: one for name, one in resolved["Resources"].items() if holds.get(one.get("Condition"), True)}
        return {**resolved, "Resources": kept}

    return resolve_existing


def _adopt_repository(identifier: dict[str, str]) -> tuple[str, dict[str, Any]]:
    name = identifier["RepositoryName"]
    if name not in ecr._repositories:
        raise ValueError(f"The repository {name} does not exist.")
    found = ecr._repositories[name]
    return name, {"Arn": found["repositoryArn"], "RepositoryUri": found["repositoryUri"]}

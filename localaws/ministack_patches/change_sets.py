"""CloudFormation's change sets: MiniStack compares templates without their conditions, and imports no ECR repository.

A resource whose condition has become true is added, says AWS; MiniStack saw it in both templates and said nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localaws import ministack

Resolve = Callable[..., dict[str, Any]]


def apply() -> None:
    """Apply these patches; raises MiniStackError where MiniStack has not the names that they lean on."""
    from ministack.services.cloudformation import changesets  # noqa: PLC0415 - after configure()

    ministack.replace(changesets, "_resolve_props_for_diff", lambda resolve: heed_conditions(resolve, changesets))
    ministack.add_import("AWS::ECR::Repository", _adopt_repository)


def heed_conditions(resolve: Resolve, changesets: Any) -> Resolve:  # noqa: ANN401 - MiniStack's module
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
    from ministack.services import ecr  # noqa: PLC0415

    name = identifier["RepositoryName"]
    if name not in ecr._repositories:
        raise ValueError(f"The repository {name} does not exist.")
    found = ecr._repositories[name]
    return name, {"Arn": found["repositoryArn"], "RepositoryUri": found["repositoryUri"]}

"""Patches are applied to names that are there, and on no others."""

from types import SimpleNamespace

import pytest

from localaws.ministack import MiniStackError, replace
from localaws.ministack_patches import (
    distributed_map,
    function_errors,
    map_stops,
    retry_delays,
    same_names,
    state_machine_versions,
    workflow_limits,
    workflows,
)


def test_what_stands_under_a_name_is_wrapped() -> None:
    module = SimpleNamespace(_private=lambda: 1)
    replace(module, "_private", lambda original: lambda: original() + 1)
    assert module._private() == 2


def test_a_name_that_another_ministack_has_not_is_said() -> None:
    with pytest.raises(MiniStackError, match="_private to be replaced"):
        replace(SimpleNamespace(), "_private", lambda original: original)


def test_every_patch_of_workflows_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    applied: list[str] = []
    patches = (
        *(function_errors, retry_delays, state_machine_versions, same_names, distributed_map, map_stops),
        workflow_limits,
    )
    for patch in patches:
        monkeypatch.setattr(patch, "apply", lambda name=patch.__name__: applied.append(name))
    workflows.apply()
    assert len(applied) == len(patches)

"""CloudWatch's state is saved without a copy, and is what the copy was."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from types import ModuleType

import pytest
from ministack.services import cloudwatch, cloudwatch_logs

from localaws.ministack import saving
from localaws.ministack_patches import saved_states

MODULES = {"cloudwatch": cloudwatch, "cloudwatch_logs": cloudwatch_logs}


def test_the_state_is_written_as_its_copy_was(apply: Callable[[ModuleType], None]) -> None:
    cloudwatch._dashboards["of this test"] = {"DashboardBody": "{}"}
    cloudwatch_logs._log_groups["/of/this/test"] = {"streams": {"a": {"events": []}}}
    try:
        copied = {name: saving._serialize(name, module.get_state) for name, module in MODULES.items()}
        apply(saved_states)
        assert {name: saving._serialize(name, module.get_state) for name, module in MODULES.items()} == copied
        assert b"of this test" in copied["cloudwatch"] and b"/of/this/test" in copied["cloudwatch_logs"]
        assert cloudwatch.get_state()["dashboards"] is cloudwatch._dashboards
    finally:
        del cloudwatch._dashboards["of this test"], cloudwatch_logs._log_groups["/of/this/test"]


@pytest.mark.parametrize("name", MODULES)
def test_nothing_but_what_is_saved_is_copied_there(name: str) -> None:
    """Else who changes a copy would change the original."""
    tree = ast.parse(inspect.getsource(MODULES[name]))
    users = {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "copy"
    }
    assert users == {"get_state"}

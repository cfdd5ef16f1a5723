"""The gaps are closed on names that are there, and on no others."""

from types import SimpleNamespace

import pytest

from localaws.gaps import (
    distributed_map,
    function_errors,
    retry_delays,
    same_names,
    state_machine_versions,
    workflow_limits,
    workflows,
)
from localaws.ministack import MiniStackError, replace


def test_what_stands_under_a_name_is_wrapped() -> None:
    module = SimpleNamespace(_private=lambda: 1)
    replace(module, "_private", lambda original: lambda: original() + 1)
    assert module._private() == 2


def test_a_name_that_another_ministack_has_not_is_said() -> None:
    with pytest.raises(MiniStackError, match="_private to be replaced"):
        replace(SimpleNamespace(), "_private", lambda original: original)


def test_every_gap_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    gaps = (function_errors, retry_delays, state_machine_versions, same_names, distributed_map, workflow_limits)
    for gap in gaps:
        monkeypatch.setattr(gap, "close", lambda name=gap.__name__: closed.append(name))
    workflows.close()
    assert len(closed) == len(gaps)

"""A request's signature is held against its address with what is asked in it."""

from __future__ import annotations

from typing import Any

import pytest
from ministack.core import iam_evaluator

from localaws.ministack import identity


def test_the_query_of_an_address_is_part_of_what_was_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    pinned: list[tuple[Any, ...]] = []
    monkeypatch.setattr(iam_evaluator, "pin_signed_request", lambda *given: pinned.append(given))
    scope = {
        "method": "DELETE",
        "path": "/schedules/drift",
        "query_string": b"clientToken=a%2Fb&groupName=",
        "headers": [],
    }
    identity.identify(identity.Caller(scope, b""))
    assert pinned == [("DELETE", "/schedules/drift", {"clientToken": ["a/b"], "groupName": [""]}, [])]

"""Roles in MiniStack's IAM, in this process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from ministack.services import iam, sts

from localaws.iam.authority import Authority
from localaws.ministack import objects
from localaws.ministack_patches import iam as patched
from localaws.settings import Settings

MakeRole = Callable[..., str]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A server's loop in a thread, as in the process of the local AWS; answers what writes set."""
    loop, changed = asyncio.new_event_loop(), threading.Event()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    monkeypatch.setattr(objects, "_servers", [])
    objects.serve(loop, changed)
    yield changed
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def make_role() -> Iterator[MakeRole]:
    """Make a role: whom it trusts, under which condition, and what it allows on which resource."""

    def make(name: str, service: str, *allows: str, on: str = "*", condition: dict[str, Any] | None = None) -> str:
        trusted = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        if condition:
            trusted["Condition"] = condition
        policy = {"Statement": [{"Effect": "Allow", "Action": list(allows), "Resource": on}]}
        arn = f"arn:aws:iam::000000000000:role/{name}"
        iam._roles[name] = {
            "RoleName": name,
            "Arn": arn,
            "AssumeRolePolicyDocument": json.dumps({"Statement": [trusted]}),
            "InlinePolicies": {"policy": json.dumps(policy)},
            "AttachedPolicies": [],
        }
        return arn

    yield make
    iam._roles.clear()
    sts._sessions.clear()


class Asked:
    """Asks for what a test says, and remembers the answers."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str, str, bool]] = []
        self.more: Sequence[tuple[str, str, dict[str, str]]] = ()

    def resource(self, _: str, found: str, body: bytes) -> str:
        return body.decode() or found

    def context(self, *_: object) -> dict[str, str]:
        return {}

    def further(self, *_: object) -> Sequence[tuple[str, str, dict[str, str]]]:
        return self.more

    def note(self, role: str, action: str, resource: str, allowed: bool) -> None:
        self.noted.append((role, action, resource, allowed))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, apply: Callable[..., None], settings: Settings) -> Asked:
    """MiniStack's decisions, with the questions of `Asked` for one test."""
    made = Asked()
    monkeypatch.setattr(patched, "Questions", lambda *_: made)
    apply(patched, authority=Authority(settings))
    return made

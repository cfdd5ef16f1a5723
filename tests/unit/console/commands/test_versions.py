"""Going back to a version: what is said where there is none to go back to, and what is done where one was rejected."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from console import endpoint, registry
from console.commands import versions
from console.errors import CommandError

OPTIONS = Namespace(target=None, comment="worse")


class Site:
    """A registry with approvals by version, and an endpoint that serves one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, live: str | None, **approvals: str) -> None:
        self.decided: list[tuple[int, str]] = []
        self.awaited: list[int] = []
        summaries = [
            {"ModelPackageVersion": int(name[1:]), "ModelPackageArn": name, "ModelApprovalStatus": approval}
            for name, approval in approvals.items()
        ]
        monkeypatch.setattr(versions, "choose", lambda _: SimpleNamespace(client=lambda _: self))
        monkeypatch.setattr(endpoint, "fetch", lambda _: SimpleNamespace(version=live))
        monkeypatch.setattr(registry, "list_summaries", lambda _: summaries)
        monkeypatch.setattr(
            registry, "set_approval", lambda _, version, status, __: self.decided.append((version, status))
        )
        monkeypatch.setattr(versions, "await_version", lambda _, version: self.awaited.append(version))

    def describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:
        number = int(ModelPackageName[1:])
        return {"ModelPackageVersion": number, "CreationTime": datetime(2026, 1, number, tzinfo=UTC)}


def test_the_live_version_is_rejected_and_the_one_approved_before_it_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(monkeypatch, "3", v1="Approved", v2="Approved", v3="Approved")
    versions.roll_back(OPTIONS)
    assert (site.decided, site.awaited) == ([(3, "Rejected")], [2])


def test_a_live_version_that_was_rejected_is_not_rejected_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site(monkeypatch, "2", v1="Approved", v2="Rejected")
    versions.roll_back(OPTIONS)
    assert (site.decided, site.awaited) == ([], [1])
    assert capsys.readouterr().out == "Version 2 was rejected before.\nThe endpoint goes back to version 1.\n"


@pytest.mark.parametrize(
    ("live", "approvals", "words"),
    [
        ("1", {"v1": "Approved", "v2": "Rejected"}, "Version 1 is the only approved one; approve another first."),
        ("1", {"v1": "Rejected", "v2": "Rejected"}, "Version 1 is rejected and no other is approved; approve one."),
        ("1", {"v1": "PendingManualApproval"}, "Version 1 is not approved and no other is approved; approve one."),
        ("7", {"v1": "Rejected"}, "Version 7 is no longer in the registry and no other is approved; approve one."),
        (None, {"v1": "Approved"}, "No version is live yet, so there is nothing to roll back."),
    ],
)
def test_where_there_is_nothing_to_go_back_to_it_says_why(
    monkeypatch: pytest.MonkeyPatch, live: str | None, approvals: dict[str, str], words: str
) -> None:
    site = Site(monkeypatch, live, **approvals)
    with pytest.raises(CommandError) as refused:
        versions.roll_back(OPTIONS)
    assert str(refused.value) == words
    assert site.decided == []

"""Deciding about versions and going back to one: what is done, asked, and said where there is nothing to do."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from console import consequence, endpoint, registry
from console.commands import versions
from console.errors import CommandError

OPTIONS = Namespace(target=None, comment="worse", yes=True)


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


def test_a_person_is_asked_before_a_version_is_rejected_and_a_script_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site(monkeypatch, "3", v2="Approved", v3="Approved")
    asks = Namespace(target=None, comment=None, yes=False)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert versions.roll_back(asks) == 1
    assert "rejects version 3, which is live; version 2 serves then" in capsys.readouterr().err
    assert (site.decided, site.awaited) == ([], [])
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
    assert versions.roll_back(asks) == 0
    assert "rejects version 3, which is live; version 2 serves then" in capsys.readouterr().err
    assert site.decided


def _row(version: int, accuracy: float | None, approval: str, *, live: bool = False) -> dict[str, Any]:
    return {"version": version, "accuracy": accuracy, "approval": approval, "live": live}


def test_an_approval_names_the_live_version_s_accuracy_and_a_better_one_that_waits() -> None:
    rows = [
        _row(3, 0.945, "PendingManualApproval"),
        _row(2, 0.97, "PendingManualApproval"),
        _row(1, 0.955, "Approved", live=True),
    ]
    assert versions.compare_accuracies(rows, 3) == [
        "Its accuracy is 0.9450; version 1, which is live, has 0.9550.",
        "Version 2, which waits for approval, has 0.9700.",
    ]
    assert versions.compare_accuracies(rows, 2) == ["Its accuracy is 0.9700; version 1, which is live, has 0.9550."]
    assert versions.compare_accuracies([_row(1, None, "PendingManualApproval")], 1) == []


@pytest.mark.parametrize(
    ("decide", "met", "decided", "awaited"),
    [
        (versions.approve, {"chosen": 3, "live": 3}, [], []),
        (versions.approve, {"chosen": 3, "live": 2, "pending": True}, [], [3]),
        (versions.approve, {"chosen": 2, "live": 2}, [(3, "Approved")], [3]),
        (versions.approve, {"chosen": 3, "live": 2}, [(3, "Approved")], [3]),  # its deployment had failed
        (versions.reject, {"status": "Rejected"}, [], []),
        (versions.reject, {"status": "Approved", "chosen": 3, "live": 3, "other": 2}, [(3, "Rejected")], []),
    ],
)
def test_a_decision_that_was_made_already_is_not_recorded_again(
    monkeypatch: pytest.MonkeyPatch,
    decide: Callable[[Namespace], int],
    met: dict[str, Any],
    decided: list[tuple[int, str]],
    awaited: list[int],
) -> None:
    site = Site(monkeypatch, "2", v3="Approved")
    nothing = {"exists": True, "live": None, "chosen": None, "other": None, "deploys": False, "rollout": None}
    monkeypatch.setattr(consequence, "fetch_situation", lambda *_: consequence.Situation(**nothing | met))
    monkeypatch.setattr(versions, "list_versions", lambda _: [])
    assert decide(Namespace(target=None, version="3", comment=None, no_wait=False)) == 0
    assert (site.decided, site.awaited) == (decided, awaited)

"""Fetching AWS's training toolkit: with the environment's own setuptools only where that can say what pip asks."""

from __future__ import annotations

from importlib.machinery import ModuleSpec

import pytest

from localaws.jobs.script_mode import toolkit


@pytest.mark.parametrize(
    ("setuptools", "wheel", "ours"),
    [
        ("65.5.0", False, False),  # as `python3.11 -m venv` leaves it
        ("65.5.0", True, True),
        ("70.1.0", False, True),
        ("80.10.2", False, True),
    ],
)
def test_an_old_setuptools_needs_wheel(
    monkeypatch: pytest.MonkeyPatch, setuptools: str, *, wheel: bool, ours: bool
) -> None:
    monkeypatch.setattr(toolkit, "version", lambda _: setuptools)
    monkeypatch.setattr(toolkit, "find_spec", lambda name: ModuleSpec(name, None) if wheel else None)
    assert toolkit._can_build() is ours

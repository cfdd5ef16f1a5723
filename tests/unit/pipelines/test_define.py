"""Definitions that are kept, so that the SDK need not be imported."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from pipelines import define as defining
from pipelines.define import define, import_sdk
from pipelines.profiles import PROFILES
from pipelines.settings import Settings
from tests.unit.pipelines.conftest import CODE


def test_a_kept_definition_is_what_the_sdk_writes_and_needs_no_sdk(
    settings: Settings, definition_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "definitions"
    assert define(settings, PROFILES["compact"], CODE, cache=folder) == definition_text
    built: list[str] = []
    load = defining.import_module
    monkeypatch.setattr(defining, "import_module", lambda name: built.append(name) or load(name))
    assert define(settings, PROFILES["compact"], CODE, cache=folder) == definition_text
    assert built == []


def test_the_sdk_can_be_imported_beforehand_and_leaves_nothing_of_its_own_behind(
    settings: Settings, definition_text: str
) -> None:
    environment, session = dict(os.environ), boto3.DEFAULT_SESSION
    import_sdk()
    assert gc.isenabled()
    assert "pipelines.definition" in sys.modules
    assert (dict(os.environ), boto3.DEFAULT_SESSION) == (environment, session)
    assert define(settings, PROFILES["compact"], CODE) == definition_text


def test_other_arguments_other_code_and_another_sdk_are_built_anew(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defining, "import_module", lambda _: type("", (), {"build_definition": lambda *_: "{}"}))
    define(settings, PROFILES["compact"], CODE, cache=tmp_path)
    define(replace(settings, bucket="other"), PROFILES["compact"], CODE, cache=tmp_path)
    define(settings, PROFILES["quick"], CODE, cache=tmp_path)
    define(settings, PROFILES["compact"], replace(CODE, evaluation="s3://b/code/3/evaluation.pyz"), cache=tmp_path)
    monkeypatch.setattr(defining, "version", lambda _: "3.0")
    define(settings, PROFILES["compact"], CODE, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 5


def test_only_the_newest_definitions_are_kept(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defining, "import_module", lambda _: type("", (), {"build_definition": lambda *_: "{}"}))
    monkeypatch.setattr(defining, "_KEPT", 2)
    for number in range(4):
        define(replace(settings, bucket=f"bucket-{number}"), PROFILES["compact"], CODE, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2

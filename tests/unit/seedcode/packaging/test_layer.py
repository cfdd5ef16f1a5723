"""The layer holds what an installation of its wheels would, and nothing that Lambda cannot take."""

import os
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from seedcode.packaging import PackagingError, archive, build_layer, layer


def make_wheel(folder: Path, name: str, files: dict[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two wheels, one of them with files of every kind."""
    folder = tmp_path / "wheels"
    make_wheel(folder, "plain", {"plain/__init__.py": b"x = 1", "plain-1.0.dist-info/METADATA": b"Name: plain"})
    rich = {
        "rich/core.so": b"\x7fELF",
        "rich-1.0.data/scripts/rich": b"#!python",
        "rich-1.0.data/purelib/extra.py": b"",
        "rich-1.0.data/headers/": b"",
    }
    make_wheel(folder, "rich", rich)
    return folder


def test_what_python_imports_is_put_where_lambda_looks(folder: Path, tmp_path: Path) -> None:
    built = build_layer(wheels=folder, folder=tmp_path)
    assert zipfile.ZipFile(built).namelist() == [
        "python/extra.py",
        "python/plain-1.0.dist-info/METADATA",
        "python/plain/__init__.py",
        "python/rich/core.so",
    ]


def test_the_same_wheels_give_the_same_layer(folder: Path, tmp_path: Path) -> None:
    first = build_layer(wheels=folder, folder=tmp_path / "first")
    for wheel in folder.iterdir():
        os.utime(wheel, (1, 1))
    second = build_layer(wheels=folder, folder=tmp_path / "second")
    assert (first.name, first.read_bytes()) == (second.name, second.read_bytes())
    assert first.name.startswith("layer-py3.12-x86_64-")


def test_a_file_that_leads_out_of_the_layer_is_refused(folder: Path, tmp_path: Path) -> None:
    make_wheel(folder, "evil", {"../evil.py": b""})
    with pytest.raises(PackagingError, match=r"'\.\./evil\.py', which leads outside"):
        build_layer(wheels=folder, folder=tmp_path)


def test_wheels_that_disagree_are_refused(folder: Path, tmp_path: Path) -> None:
    make_wheel(folder, "zebra", {"plain/__init__.py": b"x = 2"})
    with pytest.raises(PackagingError, match=r"brings another plain/__init__\.py"):
        build_layer(wheels=folder, folder=tmp_path)


def test_a_folder_without_wheels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="There is no wheel"):
        build_layer(wheels=tmp_path, folder=tmp_path)


def test_a_layer_over_its_limit_is_refused_with_its_size(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer, "LAYER_LIMIT", archive.Limit(packed=10_000, unpacked=10))
    with pytest.raises(PackagingError, match="MB unpacked"):
        build_layer(wheels=folder, folder=tmp_path)


@pytest.mark.parametrize(("python", "machine"), [("3.14", "x86_64"), ("3.12", "arm64")])
def test_a_platform_without_functions_is_refused(python: str, machine: str) -> None:
    with pytest.raises(PackagingError, match=r"3\.12 or 3\.13 on x86_64 or aarch64"):
        build_layer(python, machine)


def test_wheels_are_asked_for_lambda_s_platform_and_checked_by_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> SimpleNamespace:
        commands.append(command)
        make_wheel(Path(command[-1]), "plain", {"plain.py": b""})
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    build_layer("3.11", "aarch64", folder=tmp_path)
    (command,) = commands
    assert command[command.index("--platform") + 1] == "manylinux2014_aarch64"
    assert command[command.index("--python-version") + 1] == "3.11"
    assert {"--require-hashes", "--no-deps"} <= set(command)


def test_a_failed_download_is_reported_with_pip_s_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = SimpleNamespace(returncode=1, stderr="WARNING: old\nERROR: no network\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(PackagingError, match="cannot be downloaded: ERROR: no network"):
        build_layer(folder=tmp_path)


def test_every_requirement_is_pinned_with_its_digest() -> None:
    logical = layer.REQUIREMENTS.read_text().replace("\\\n", " ").splitlines()
    pins = [line for line in logical if line and not line.startswith("#")]
    assert {pin.split("==")[0] for pin in pins} >= {"aws-lambda-powertools", "pillow"}
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)

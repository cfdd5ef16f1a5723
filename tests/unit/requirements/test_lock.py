"""The locks have what setup.py asks for, on every platform: no package index is asked for that."""

from __future__ import annotations

import re
from itertools import product

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from requirements import lock
from requirements.portable import without_mxnet

LISTS = lock.read_lists()
PLATFORMS = [
    {
        "sys_platform": system,
        "platform_machine": machine,
        "python_version": python,
        "python_full_version": f"{python}.1",
    }
    for (system, machine), python in product(
        [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("darwin", "x86_64")], lock.PYTHONS
    )
]
LINE = re.compile(r"^([a-z0-9][^\s=]*==[^\\\n]+)", re.MULTILINE)


def _read(name: str) -> list[Requirement]:
    return [Requirement(line) for line in LINE.findall((lock.HERE / f"{name}.lock").read_text(encoding="utf-8"))]


def _applying(requirements: list[Requirement], platform: dict[str, str]) -> list[Requirement]:
    return [each for each in requirements if each.marker is None or each.marker.evaluate({"extra": "", **platform})]


@pytest.mark.parametrize("name", LISTS)
def test_a_lock_has_what_is_asked_for_on_every_platform(name: str) -> None:
    asked, locked = [Requirement(line) for line in LISTS[name]], _read(name)
    for platform in PLATFORMS:
        found = {canonicalize_name(each.name): each for each in _applying(locked, platform)}
        for each in _applying(asked, platform):
            version = str(found[canonicalize_name(each.name)].specifier).removeprefix("==")
            assert version in each.specifier, f"{each} on {platform}: {version} is locked; run `make lock`"


@pytest.mark.parametrize("name", LISTS)
def test_a_lock_has_one_version_of_a_package_on_a_platform(name: str) -> None:
    for platform in PLATFORMS:
        names = [each.name for each in _applying(_read(name), platform)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["laptop", "build", "container"])
def test_what_is_installed_is_of_the_versions_that_are_tested(name: str) -> None:
    tested = {(each.name, str(each.specifier)) for each in _read("test")}
    assert {(each.name, str(each.specifier)) for each in _read(name)} <= tested


def test_without_mxnet_linux_gets_what_apple_silicon_gets() -> None:
    text = (lock.HERE / "laptop.lock").read_text(encoding="utf-8")
    apple = {"sys_platform": "darwin", "platform_machine": "arm64"}
    # XGBoost without what graphics cards need has another name on Linux.
    found = [Requirement(line) for line in LINE.findall(without_mxnet(text))]
    linux = {(each.name.removesuffix("-cpu"), str(each.specifier)) for each in found}
    assert "mxnet" not in dict(linux)
    assert linux >= {(each.name, str(each.specifier)) for each in _applying(_read("laptop"), apple)}
    assert without_mxnet(text).count("--hash=") > len(linux)

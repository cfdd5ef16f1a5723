"""A view as steps: what comes after what, and what is never shown."""

from __future__ import annotations

import site
import sys
from pathlib import Path

import pytest

from localaws.isolation.interpreter import find_folders
from localaws.isolation.kinds import Isolation
from localaws.isolation.view import View, build_common_steps, build_steps, list_programs_folders
from localaws.platforms import has_namespaces

pytestmark = pytest.mark.skipif(not has_namespaces(), reason="only Linux has namespaces to see something in")
FULL = Isolation(namespaces=True, processes=True)


def placed(view: View) -> list[tuple[str, str]]:
    """What is bound where, in order."""
    steps = build_steps(view)
    triples = zip(steps, steps[1:], steps[2:], strict=False)
    return [(source, target) for word, source, target in triples if word in ("read-only", "writable")]


def test_what_lies_within_another_comes_after_it(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    found = placed(View({"/opt/ml": tmp_path, str(inner): inner}, readable=(tmp_path / "a",)))
    assert found[-2:] == [(str(tmp_path / "a"), str(tmp_path / "a")), (str(inner), str(inner))]


def test_a_folder_is_found_by_its_name_and_by_where_it_really_is(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "named").symlink_to(tmp_path / "real")
    found = placed(View({}, readable=(tmp_path / "named",)))
    assert {target for source, target in found if source == str(tmp_path / "real")} == {
        str(tmp_path / "real"),
        str(tmp_path / "named"),
    }


def test_the_system_s_folders_are_not_shown_twice() -> None:
    assert build_steps(View({}, readable=(Path("/usr/lib"), Path("/etc")))) == build_steps(View({}))


def test_what_is_not_there_is_left_out(tmp_path: Path) -> None:
    assert build_steps(View({}, readable=(tmp_path / "none",))) == build_steps(View({}))


def test_the_state_is_hidden_where_it_would_show(tmp_path: Path) -> None:
    state = tmp_path / "checkout" / ".scones"
    state.mkdir(parents=True)
    steps = build_steps(View({}, readable=(tmp_path / "checkout",), hidden=(state,)))
    assert steps[steps.index(str(state)) - 1] == "hide"
    assert str(state) not in build_steps(View({}, hidden=(state,)))


def test_without_processes_of_its_own_a_program_reads_the_machine_s_proc() -> None:
    steps = build_common_steps(Isolation(namespaces=True))
    assert "proc" not in steps
    assert steps[steps.index("/proc") - 1] == "read-only"


def test_an_environment_s_interpreter_brings_the_one_that_made_it(tmp_path: Path) -> None:
    made, base = tmp_path / "made", tmp_path / "base"
    (made / "bin").mkdir(parents=True)
    (base / "bin").mkdir(parents=True)
    (base / "bin" / "python3.11").touch()
    (made / "bin" / "python").symlink_to(base / "bin" / "python3.11")
    (made / "pyvenv.cfg").write_text(f"home = {tmp_path}/other/bin\nversion = 3.11\n")
    assert find_folders(made / "bin" / "python") == (made, tmp_path / "other", base)


def test_packages_that_an_environment_borrows_of_another_are_part_of_it(tmp_path: Path) -> None:
    own, lent = tmp_path / "own" / "lib" / "python3.11" / "site-packages", tmp_path / "lent" / "site-packages"
    for folder in (own, lent, tmp_path / "source"):
        folder.mkdir(parents=True)
    (own / "lent.pth").write_text(f"import sys\n{lent}\n{tmp_path / 'source'}\n/nowhere/site-packages\n")
    assert find_folders(tmp_path / "own" / "bin" / "python") == (tmp_path / "own", lent)


def test_an_interpreter_of_the_system_brings_its_prefix() -> None:
    assert Path(sys.base_prefix) in find_folders(Path(sys.base_prefix, "bin", "python3"))


@pytest.mark.parametrize("prefix", ["", ".local"])
def test_of_a_prefix_that_is_a_home_the_interpreter_s_folders_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("bin", "lib", "share/keyrings"):
        (tmp_path / prefix / name).mkdir(parents=True)
    found = placed(View({}, readable=(tmp_path / prefix,)))
    shown = [target for _, target in found if target.startswith(str(tmp_path))]
    assert shown == [str(tmp_path / prefix / "bin"), str(tmp_path / prefix / "lib")]


def test_packages_of_the_user_alone_are_shown_where_our_interpreter_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "ENABLE_USER_SITE", True)
    monkeypatch.setattr(site, "getusersitepackages", lambda: str(tmp_path))
    assert tmp_path in list_programs_folders(Path(sys.executable))
    assert tmp_path not in list_programs_folders(Path("/other/bin/python3"))
    monkeypatch.setattr(site, "ENABLE_USER_SITE", False)
    assert tmp_path not in list_programs_folders(Path(sys.executable))


def test_our_packages_are_shown_and_not_what_lies_beside_them() -> None:
    names = {folder.name for folder in list_programs_folders(Path(sys.executable))}
    assert {"localaws", "common", "processing"} <= names
    assert not {".git", ".scones", "docs"} & names

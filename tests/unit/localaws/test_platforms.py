"""What differs between Linux and macOS, as far as either can show it."""

from __future__ import annotations

import resource
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from ministack.services import s3

from localaws import platforms
from localaws.failures import ClientFailure
from localaws.jobs import staging
from localaws.ministack_patches import file_names

KEYS = ("data/a.png", "data/A.png", "data/ä.png", "data/a\u0308.png", "data/B.png")


def test_a_disk_that_keeps_case_is_known_and_nothing_stays_of_the_look(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert platforms.is_case_sensitive(tmp_path) == (not (tmp_path / "A").exists())
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_on_a_disk_that_does_not_keep_case_each_object_has_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_names, "is_case_sensitive", lambda _: False)
    aws = SimpleNamespace(settings=SimpleNamespace(home=tmp_path))
    file_names.patch(aws).apply(enforced=False, put=monkeypatch.setattr)  # type: ignore[arg-type]
    paths = [str(s3._key_disk_path(str(tmp_path), key)).casefold() for key in KEYS]
    assert len(set(paths)) == len(KEYS)
    assert paths[0].endswith("/data/a.png"), "what cannot be mistaken keeps its name"


def test_where_case_is_kept_nothing_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_names, "is_case_sensitive", lambda _: True)
    aws = SimpleNamespace(settings=SimpleNamespace(home=tmp_path))
    assert not file_names.patch(aws).replaces  # type: ignore[arg-type]


def test_a_job_whose_inputs_would_be_one_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "is_case_sensitive", lambda _: False)
    staging._check_names(tmp_path, ["a.png", "b.png"])
    with pytest.raises(ClientFailure, match=r"A\.png, a\.png differ in case alone"):
        staging._check_names(tmp_path, ["a.png", "b.png", "A.png"])
    monkeypatch.setattr(staging, "is_case_sensitive", lambda _: True)
    staging._check_names(tmp_path, ["a.png", "A.png"])


def test_a_process_with_macos_s_256_files_gets_as_many_as_both_systems_allow() -> None:
    program = (
        "import resource as r; from localaws.platforms import raise_open_files as raised; r.setrlimit(r.RLIMIT_NOFILE, "
        "(256, r.getrlimit(r.RLIMIT_NOFILE)[1])); raised(); print(r.getrlimit(r.RLIMIT_NOFILE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert int(done.stdout) == (10_240 if hard == resource.RLIM_INFINITY else min(hard, 10_240))


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": "example.com,localhost"}, "example.com,localhost,127.0.0.1"),
        ({"no_proxy": "a", "NO_PROXY": "b"}, "a,127.0.0.1,localhost"),
    ],
)
def test_no_proxy_stands_before_this_machine(given: dict[str, str], hosts: str) -> None:
    assert platforms.reach_directly(given) == {"no_proxy": hosts}


def test_proxies_of_macos_s_settings_stay_when_a_variable_names_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "getproxies", lambda: {"https": "http://proxy:3128", "ftp": "http://proxy:21"})
    assert platforms.find_proxies() == {}, "Linux has variables alone"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert platforms.find_proxies() == {"https_proxy": "http://proxy:3128"}

"""Environments are made once, whole or not at all, from what pip is told to find."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest

from localaws.environment import PACKAGES
from localaws.failures import ClientFailure
from localaws.images.environments import making
from localaws.images.environments.environment import PRODUCT, of_packages
from localaws.images.environments.made import Interrupted
from localaws.images.environments.making import is_made, list_layers, make, make_once
from localaws.images.preparing import discard, overlay_of, prepare
from localaws.images.program import Program
from tests.wheels import write_wheel

TINY = of_packages(["tiny==1.0"])


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the module, as an environment with pip takes seconds to make."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    body = "import sys\n\n\ndef main():\n    print(sys.prefix)\n"
    write_wheel(folder, "tiny", "1.0", {"tiny/__init__.py": f"version = '1.0'\n{body}"}, "tiny=tiny:main")
    write_wheel(folder, "tiny", "2.0", {"tiny/__init__.py": f"version = '2.0'\n{body}"}, "tiny=tiny:main")
    return folder


@pytest.fixture(autouse=True)
def _offline(cache: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(making, "find_cache", lambda: cache)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))


def _never() -> bool:
    return False


def _run(program: Program, *words: str) -> str:
    variables = {"HOME": os.environ["HOME"], **program.variables}
    path = program.variables["PATH"]
    ended = subprocess.run(["env", f"PATH={path}", *words], env=variables, capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


def test_an_image_of_packages_has_them_with_pip_and_a_job_upgrades_its_own_alone(tmp_path: Path) -> None:
    told: list[str] = []
    program = prepare(Program(("python3",), environment=TINY), tmp_path / "algo-1", told.append, _never)
    assert any("tiny" in line for line in told)
    assert is_made(TINY)
    code = "import tiny, setuptools; print(tiny.version)"
    assert _run(program, "python3", "-c", code) == "1.0\n"
    assert _run(program, "tiny") == f"{overlay_of(tmp_path / 'algo-1')}\n"
    assert "Successfully installed tiny-2.0" in _run(program, "pip", "install", "tiny==2.0")
    assert _run(program, "python3", "-c", code) == "2.0\n"
    # Another job of the image, which waits for nothing.
    told.clear()
    other = prepare(Program(("python3",), environment=TINY), tmp_path / "algo-2", told.append, _never)
    assert told == []
    assert _run(other, "python3", "-c", code) == "1.0\n"
    discard(tmp_path / "algo-1")
    assert not overlay_of(tmp_path / "algo-1").exists()


def test_a_job_of_the_products_environment_sees_its_packages_and_does_not_change_them(tmp_path: Path) -> None:
    folders = [Path(sys.executable).parent, Path(str(pytest.__file__)).parents[1]]
    before = [sorted(file.name for file in folder.iterdir()) for folder in folders]
    program = prepare(Program(("python3",), environment=PRODUCT), tmp_path / "algo-1", print, _never)
    overlay = overlay_of(tmp_path / "algo-1")
    assert _run(program, "python3", "-c", "import pytest, sys; print(sys.prefix)").strip() == str(overlay)
    assert "Successfully installed tiny-1.0" in _run(program, "python3", "-m", "pip", "install", "tiny==1.0")
    assert _run(program, "python3", "-c", "import tiny; print(tiny.version)") == "1.0\n"
    assert [sorted(file.name for file in folder.iterdir()) for folder in folders] == before


def test_packages_that_cannot_be_had_are_named_with_what_to_do() -> None:
    absent = of_packages(["absent==9"])
    with pytest.raises(ClientFailure) as caught:
        make(absent, lambda _: None, _never)
    assert "No matching distribution found for absent==9" in str(caught.value)
    assert "PIP_FIND_LINKS" in str(caught.value)
    assert not is_made(absent)


def test_what_a_job_asks_for_is_never_built_by_the_local_aws(tmp_path: Path, wheels: Path) -> None:
    with tarfile.open(wheels / "built-1.0.tar.gz", "w:gz") as packed:
        setup = f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).touch()\n"
        for name, text in {"setup.py": setup, "PKG-INFO": "Metadata-Version: 2.1\nName: built\nVersion: 1.0\n"}.items():
            member = tarfile.TarInfo(f"built-1.0/{name}")
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text.encode()))
    told: list[str] = []
    asked = Program(("python3",), environment=PRODUCT.with_wheels(["built"], needed=False))
    program = prepare(asked, tmp_path / "algo-1", told.append, _never)
    assert not (tmp_path / "ran").exists()
    assert told[-1].endswith("The job's own pip is left to install them.")
    assert "No module named" in _run(program, "python3", "-c", "import built")


def test_equal_packages_in_any_order_are_one_environment_and_others_another() -> None:
    assert list_layers(of_packages(["a", "b"])) == list_layers(of_packages(["b", "a"]))
    assert list_layers(of_packages(["a"])) != list_layers(of_packages(["a==1"]))
    assert list_layers(of_packages(["a"])) != list_layers(PRODUCT.with_packages(["a"]))
    assert list_layers(of_packages(["a"]).with_packages(["b"]))[0] == list_layers(of_packages(["a"]))[0]


def test_two_jobs_make_an_environment_once(cache: Path) -> None:
    made: list[Path] = []
    told: list[str] = []

    def write(target: Path) -> None:
        made.append(target)
        time.sleep(0.3)
        (target / "whole").touch()

    arguments = (cache / "once", write, told.append, _never)
    jobs = [threading.Thread(target=make_once, args=arguments) for _ in range(2)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert len(made) == 1
    assert told == ["Waiting for another job, which makes the same environment ..."]
    assert [file.name for file in (cache / "once").iterdir()] == ["whole"]


def test_who_waits_for_another_job_may_give_up(cache: Path) -> None:
    def wait(_: Path) -> None:
        with pytest.raises(Interrupted):
            make_once(cache / "held", lambda _: None, lambda _: None, lambda: True)

    make_once(cache / "held", wait, lambda _: None, _never)


def test_what_a_kill_leaves_is_not_used_and_is_removed(cache: Path) -> None:
    layer = cache / "killed"
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom localaws.images.environments.making import make_once\n"
        "def write(target):\n    (target / 'half').touch()\n    print('half', flush=True)\n    time.sleep(60)\n"
        "make_once(Path(sys.argv[1]), write, print, lambda: False)\n"
    )
    variables = {**os.environ, "PYTHONPATH": PACKAGES}
    with subprocess.Popen([sys.executable, "-c", code, str(layer)], stdout=subprocess.PIPE, env=variables) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"half\n"
        killed.send_signal(signal.SIGKILL)
    assert not layer.exists()
    assert len(list(cache.glob("killed.new-*"))) == 1
    make_once(layer, lambda target: (target / "whole").touch(), print, _never)
    assert [file.name for file in layer.iterdir()] == ["whole"]
    assert not list(cache.glob("killed.new-*"))


def test_a_stop_ends_what_is_fetched(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A server that never answers: pip would wait for it.
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        began = time.monotonic()
        with pytest.raises(Interrupted):
            make(of_packages(["tiny==3.0"]), lambda _: None, lambda: time.monotonic() > began + 1)
        assert time.monotonic() < began + 30

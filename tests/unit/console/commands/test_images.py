"""`scones images`: what stands for which image is listed, set, forgotten and fetched."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from console.__main__ import main
from localaws.images.environments import made, making
from localaws.images.environments.environment import of_packages
from localaws.images.mapping import load_mapping
from tests.wheels import write_wheel


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("PIP_", "AWS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SCONES_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return tmp_path / "home"


def _rows(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    assert main(["images", "--json"]) == 0
    return {row["image"]: row for row in json.loads(capsys.readouterr().out) if row["from"] != "built in"}


def test_what_is_set_stands_in_the_list_until_it_is_forgotten(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--packages", "polars==1.0.0", "pyarrow", "--program", "python3 '/a b/p.py'"]
    assert main(["images", "set", "own", *words]) == 0
    assert load_mapping(home)["own"].program == ("python3", "/a b/p.py")
    row = _rows(capsys)["own"]
    assert row["stands"] == "python3 /a b/p.py; polars==1.0.0, pyarrow"
    assert (row["from"], row["environment"], row["bytes"]) == ("images.json", "not made", None)
    assert main(["images", "rm", "own"]) == 0
    assert "own" not in _rows(capsys)
    assert main(["images", "rm", "own"]) == 1
    assert "own is not in" in capsys.readouterr().err


def test_an_image_is_given_to_docker_or_an_interpreter(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["images", "set", "a", "--docker"]) == 0
    assert main(["images", "set", "b:2", "--python", os.path.relpath(sys.executable)]) == 0
    rows = _rows(capsys)
    assert (rows["a"]["stands"], rows["b:2"]["stands"]) == ("docker", sys.executable)
    assert main(["images"]) == 0
    assert "sagemaker-scikit-learn" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Nothing was given that stands for the image"),
        (["--python", "/nowhere/python"], "The interpreter /nowhere/python is not there"),
        (["--docker", "--packages", "x"], "leave out the other members"),
        (["--packages", "http://x\n-e ."], "is no package"),
    ],
)
def test_what_cannot_stand_for_an_image_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["images", "set", "own", *words]) != 0
    assert said in capsys.readouterr().err
    assert not (home / "images.json").exists()


def test_packages_are_fetched_counted_and_removed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wheel(tmp_path / "wheels", "tiny", "1.0", {"tiny.py": ""})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    # On the interpreter of these tests, as pip and setuptools of its own take seconds to make.
    assert main(["images", "set", "own", "--python", sys.executable, "--packages", "tiny"]) == 0
    assert main(["images", "fetch", "own"]) == 0
    assert "Successfully installed tiny-1.0" in capsys.readouterr().out
    row = _rows(capsys)["own"]
    assert row["environment"] == "made"
    assert row["bytes"] > 0
    assert main(["images", "rm", "own", "--environment"]) == 0
    assert "own" not in _rows(capsys)
    assert not list((tmp_path / "cache" / "scones" / "environments").glob(f"*/{made.ABOUT}"))


def test_what_is_made_for_an_image_of_aws_is_listed_by_its_tag(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3"
    packages = of_packages(["scikit-learn==1.4.2"])
    monkeypatch.setattr("localaws.images.listing.find_catalogued", lambda _: packages)
    assert _rows(capsys)["sagemaker-scikit-learn"]["environment"] == "not made"
    (layer,) = making.list_layers(packages)
    layer.mkdir(parents=True)
    about = {"image": image, "requirements": ["scikit-learn==1.4.2"], "bytes": 7}
    (layer / made.ABOUT).write_text(json.dumps(about))
    rows = _rows(capsys)
    assert rows["sagemaker-scikit-learn"]["environment"] == "1 made"
    assert rows["sagemaker-scikit-learn:1.4-2-cpu-py3"]["bytes"] == 7


def test_an_image_without_packages_of_its_own_has_nothing_to_fetch(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["images", "fetch", "own"]) == 0
    assert "own has no packages of its own" in capsys.readouterr().out


def test_images_are_no_matter_of_aws(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", "aws", "images"]) == 2
    assert "AWS runs the images themselves" in capsys.readouterr().err

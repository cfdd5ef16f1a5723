"""The catalogue of AWS's framework images, held against the repositories and tags that the SageMaker SDK writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sagemaker
from sagemaker import image_uris

from localaws.images.catalogue.frameworks import REPOSITORIES, XGBOOST, find_catalogued
from localaws.images.catalogue.wheels import find_nearest
from localaws.images.environments import interpreters
from localaws.images.environments.environment import Environment
from localaws.images.environments.interpreters import Interpreter, get_own
from tests.conftest import TOP

_CONFIGURATION = Path(sagemaker.__file__).parent / "image_uri_config"
_TYPES = {"cpu": "ml.m5.xlarge", "gpu": "ml.p3.2xlarge"}
_SKLEARN = {"0.20.0": "0.20.0", "0.23-1": "0.23.2", "1.0-1": "1.0.2", "1.2-1": "1.2.1", "1.4-2": "1.4.2"}


def _load(framework: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_CONFIGURATION / f"{framework}.json").read_text(encoding="utf-8"))
    return found


def _list_images(framework: str) -> Iterator[str]:
    """The name and tag of each version's image in the SDK's own lists."""
    for said in _load(framework).values():
        for version, entry in said["versions"].items():
            bases = [key for key in entry if re.match("pytorch|tensorflow", key)]
            for base in bases:
                framework_version = re.sub("[a-z]", "", base)
                yield f"{entry[base]['repository']}:{framework_version}-transformers{version}-gpu-py310-cu121"
            # TensorFlow 1.13.1 has a repository for each Python.
            for one in [] if bases else [entry, *(entry[key] for key in ("py2", "py3") if key in entry)]:
                if "repository" in one:
                    yield f"{one['repository']}:{version}-cpu-py3"


@pytest.mark.parametrize("framework", ["sklearn", "pytorch", "tensorflow", "huggingface", "xgboost"])
def test_every_image_of_the_sdk_is_in_the_catalogue(framework: str) -> None:
    images = list(_list_images(framework))
    assert len(images) > 8
    for image in images:
        assert find_catalogued(f"683313688378.dkr.ecr.us-east-1.amazonaws.com/{image}") is not None, image


@pytest.mark.parametrize(("framework", "package"), [("pytorch", "torch"), ("tensorflow", "tensorflow")])
def test_a_tag_of_two_numbers_is_the_release_that_the_sdk_takes_it_for(framework: str, package: str) -> None:
    aliases = _load(framework)["training"]["version_aliases"]
    for short, release in aliases.items():
        if find_nearest(package, release, "3.11", "linux-x86_64") == release:
            names = [f"x/{framework}-training:{version}-cpu-py311" for version in (short, release)]
            assert _packages(names[0]) == _packages(names[1])


def test_the_catalogue_has_no_repository_that_the_sdk_does_not_write() -> None:
    texts = [file.read_text(encoding="utf-8") for file in _CONFIGURATION.glob("*.json")]
    written = {name for text in texts for name in re.findall(r'"repository": "([^"]+)"', text)}
    assert set(REPOSITORIES) <= written


def test_tags_are_read_as_the_sdk_writes_them() -> None:
    region = {"region": "us-east-1"}
    cpu = {**region, "instance_type": _TYPES["cpu"]}
    gpu = {**region, "instance_type": _TYPES["gpu"]}
    training = {**cpu, "image_scope": "training"}
    for version, package in _SKLEARN.items():
        uri = image_uris.retrieve("sklearn", version=version, **training)
        assert f"scikit-learn=={_nearest('scikit-learn', package)}" in _packages(uri)
    uri = image_uris.retrieve("pytorch", version="2.3", py_version="py311", **training)
    assert {f"torch=={_nearest('torch', '2.3.0')}"} <= _packages(uri)
    uri = image_uris.retrieve("tensorflow", version="2.16", image_scope="inference", **cpu)
    assert any(re.match(r"tensorflow(-cpu)?==2\.", line) for line in _packages(uri))
    uri = image_uris.retrieve(
        "huggingface",
        version="4.36.0",
        base_framework_version="pytorch2.1.0",
        py_version="py310",
        image_scope="training",
        **gpu,
    )
    assert {f"transformers=={_nearest('transformers', '4.36.0')}", f"torch=={_nearest('torch', '2.1.0')}"} <= _packages(
        uri
    )
    assert any(
        line.endswith(f"=={XGBOOST}") for line in _packages(image_uris.retrieve("xgboost", version="1.7-1", **cpu))
    )
    assert any(line.endswith(f"=={XGBOOST}") for line in _packages(image_uris.retrieve("xgboost", version="1", **cpu)))


def test_xgboost_is_the_version_that_the_stand_in_runs() -> None:
    assert f"xgboost-cpu=={XGBOOST};" in (TOP / "setup.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("package", "version", "python", "platform", "nearest"),
    [
        ("scikit-learn", "1.2.1", "3.11", "linux-x86_64", "1.2.1"),
        ("scikit-learn", "0.23.2", "3.11", "linux-x86_64", "1.1.3"),
        ("scikit-learn", "1.2.1", "3.13", "macosx-11.0-arm64", "1.5.2"),
        ("torch", "2.3.0", "3.12", "linux-x86_64", "2.3.0"),
        ("torch", "2.3.0", "3.13", "linux-x86_64", "2.5.0"),
        ("torch", "2.3.0", "3.13", "macosx-14.0-arm64", "2.6.0"),
        ("torch", "2.6.0", "3.12", "macosx-10.9-x86_64", "2.2.2"),
        ("tensorflow", "2.4.1", "3.11", "macosx-14.0-arm64", "2.13.0"),
        ("tensorflow", "2.9.2", "3.12", "linux-x86_64", "2.16.1"),
    ],
)
def test_the_nearest_version_with_a_wheel_stands_for_one_without(
    package: str, version: str, python: str, platform: str, nearest: str
) -> None:
    assert find_nearest(package, version, python, platform) == nearest


def test_what_stands_for_another_version_is_said_once() -> None:
    environment = find_catalogued("x/sagemaker-scikit-learn:0.23-1-cpu-py3")
    assert environment is not None
    (note,) = environment.notes
    assert "stands for the image's 0.23.2, which has no wheel for Python" in note
    exact = find_catalogued("x/sagemaker-scikit-learn:1.4-2-cpu-py3")
    assert exact is not None
    assert bool(exact.notes) == (get_own().minor == "3.13")


def test_what_pytorch_costs_is_said_where_its_wheel_brings_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    image = "x/pytorch-training:2.3.0-cpu-py311"
    assert "2.8 GB" in _on("linux-x86_64", image, monkeypatch).costs[0]
    assert _on("macosx-14.0-arm64", image, monkeypatch).costs == ()
    assert _on("linux-aarch64", image, monkeypatch).costs == ()


def _on(platform: str, image: str, monkeypatch: pytest.MonkeyPatch) -> Environment:
    own = get_own()
    there = Interpreter(own.prefix, own.executable, "3.11.9", platform, own.sites, own.scripts)
    monkeypatch.setattr("localaws.images.catalogue.frameworks.get_own", lambda: there)
    assert interpreters.get_own() is own
    found = find_catalogued(image)
    assert found is not None
    return found


def _packages(image: str) -> set[str]:
    environment = find_catalogued(image)
    assert environment is not None, image
    return set(environment.layers[0])


def _nearest(package: str, version: str) -> str:
    return find_nearest(package, version, get_own().minor, get_own().platform)

"""The built-in algorithms against the SDK's own lists of images."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sagemaker

from localaws.algorithms.xgboost.versions import NEWEST, VERSIONS, find_version
from localaws.images.builtin import WITHOUT_STAND_IN, find_algorithm, find_server

FOLDER = Path(sagemaker.__file__).parent / "image_uri_config"


def list_repositories(document: Any) -> Iterator[str]:
    """Every repository that a file of the SDK names."""
    if isinstance(document, dict):
        if isinstance(document.get("repository"), str):
            yield document["repository"]
        for value in document.values():
            yield from list_repositories(value)


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def test_every_version_of_xgboost_that_the_sdk_has_is_one_here() -> None:
    document = load("xgboost")
    for scope in ("training", "inference"):
        named = document[scope]["versions"]
        assert tuple(named) == VERSIONS
        for version, entry in named.items():
            image = (
                f"{entry['registries']['us-east-1']}.dkr.ecr.us-east-1.amazonaws.com/{entry['repository']}:{version}"
            )
            assert find_version(image) == version
            assert find_algorithm(image)
    assert NEWEST == "3.0-5"


def test_algorithms_without_a_stand_in_are_those_that_the_sdk_names() -> None:
    named = {repository for file in FOLDER.glob("*.json") for repository in list_repositories(load(file.stem))}
    assert named >= WITHOUT_STAND_IN
    assert not any(find_algorithm(f"registry/{name}:1") for name in WITHOUT_STAND_IN)


@pytest.mark.parametrize("framework", ["sklearn", "pytorch", "huggingface"])
def test_the_sdk_s_framework_images_for_inference_have_a_server(framework: str) -> None:
    document = load(framework)
    named = set(list_repositories(document.get("inference", document)))
    assert named
    assert all(find_server(f"registry/{name}:1") for name in named), named

"""Which images a version takes, as the registry has it, goes into the workflow that is published."""

import json
from pathlib import Path
from typing import Any

import pytest
from refresh_workflow.errors import RefreshError
from refresh_workflow.registry import read_image_size

GROUP = "scones-vehicles"
AUTHORED = Path(__file__).parents[4] / "workflow"


def register(sagemaker: Any, config: str | None) -> None:
    """A version that says what its net takes in these words, or nothing of it."""
    container = {"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}
    sagemaker.create_model_package(
        ModelPackageGroupName=GROUP,
        InferenceSpecification={
            "Containers": [{**container, **({"ModelInput": {"DataInputConfig": config}} if config else {})}],
            "SupportedContentTypes": ["image/png"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
    )


@pytest.fixture
def sagemaker(world: Any) -> Any:
    """A registry whose group has no version yet."""
    world.clients.sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
    return world.clients.sagemaker


@pytest.mark.parametrize("size", [28, 32, 64, 224])
def test_a_version_says_the_size_of_its_images(sagemaker: Any, size: int) -> None:
    register(sagemaker, f'{{"data":[1,3,{size},{size}]}}')
    assert read_image_size(sagemaker, GROUP, "1") == size


@pytest.mark.parametrize(
    "config", [None, "64", "[]", '{"data":[1,3,64]}', '{"data":[1,3,64,48]}', '{"data":[1,1,64,64]}', '{"data":"abcd"}']
)
def test_a_version_that_does_not_say_it_is_refused_in_a_sentence(sagemaker: Any, config: str | None) -> None:
    register(sagemaker, config)
    with pytest.raises(RefreshError, match=r"Version 1 of scones-vehicles has the DataInputConfig .* are needed"):
        read_image_size(sagemaker, GROUP, "1")


def test_a_version_that_is_not_in_the_registry_is_refused(sagemaker: Any) -> None:
    with pytest.raises(RefreshError, match="DataInputConfig None"):
        read_image_size(sagemaker, GROUP, "1")


@pytest.mark.skipif(not AUTHORED.is_dir(), reason="the workflow is not here")
def test_both_workflows_are_published_with_the_live_version_s_size(
    world: Any, sagemaker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(sagemaker, '{"data":[1,3,64,64]}')
    for name in ("inference", "bulk"):
        (world.folder / f"{name}.asl.json").write_text((AUTHORED / f"{name}.asl.json").read_text(encoding="utf-8"))
    monkeypatch.setattr("refresh_workflow.refresh.read_image_size", read_image_size)
    summary = world.refresh()
    assert (summary.image_size, summary.published) == (64, ["inference", "bulk"])
    for machine in world.states.machines.values():
        assert _payloads(json.loads(machine["definition"])) == ["64"]


def _payloads(document: Any) -> list[str]:
    """Every image_size in a definition."""
    if isinstance(document, list):
        return [found for item in document for found in _payloads(item)]
    if not isinstance(document, dict):
        return []
    own = [document["image_size"]] if "image_size" in document else []
    return own + [found for item in document.values() for found in _payloads(item)]

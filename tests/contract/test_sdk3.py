"""The SageMaker SDK 3, in its own environment, against SDK 2 in this one: docs/sdk-v3.md."""

from __future__ import annotations

import json
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.contract import definitions
from tests.environments import SDK3, needs_sdk3

REPOSITORY = Path(__file__).parents[2]
PACKED = """
import json, tempfile, zipfile
from importlib.util import find_spec
from pathlib import Path
from seedcode.packaging.function import build_function
with tempfile.TemporaryDirectory() as folder:
    packed = zipfile.ZipFile(build_function("refresh_workflow", folder=Path(folder)))
    names = [name for name in packed.namelist() if name.endswith(".asl.json")]
    asl = {Path(name).name: packed.read(name).decode() for name in names}
print(json.dumps([find_spec("stepfunctions") is not None, asl]))
"""
compares = pytest.mark.skipif(
    not metadata.version("sagemaker").startswith("2."), reason="this environment has no SDK 2 to compare with"
)


def _start(*words: str) -> subprocess.Popen[str]:
    """Start that environment's Python, with nothing of this one's but a region, which SDK 3 needs when imported."""
    environment = {"AWS_DEFAULT_REGION": "us-east-1"}
    command = [str(SDK3 / "bin/python"), *words]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.fixture(scope="module")
def compared() -> tuple[dict[str, str], dict[str, Any]]:
    """Our definitions, and what the other SDK writes meanwhile: importing it takes five seconds."""
    with _start("-m", "tests.contract.definitions") as other:
        ours = definitions.build()
        theirs = json.loads(other.communicate()[0])
    assert other.returncode == 0
    return ours, theirs


@needs_sdk3
@compares
def test_both_sdks_write_the_same_bytes_for_every_profile_and_all_settings_without_a_network(
    compared: tuple[dict[str, str], dict[str, Any]],
) -> None:
    ours, theirs = compared[0], compared[1]["definitions"]

    assert list(theirs) == list(ours)
    assert len(ours) > 15
    for name, text in ours.items():
        assert theirs[name] == text, name


@needs_sdk3
@compares
def test_both_offer_the_same_names(compared: tuple[dict[str, str], dict[str, Any]]) -> None:
    from pipelines.sdk import version2

    assert compared[1]["names"] == version2.__all__


@needs_sdk3
def test_the_kept_workflows_are_packed_where_there_is_no_stepfunctions() -> None:
    with _start("-c", PACKED) as other:
        has_stepfunctions, packed = json.loads(other.communicate()[0])

    assert not has_stepfunctions
    assert packed == {path.name: path.read_text(encoding="utf-8") for path in REPOSITORY.glob("workflow/*.asl.json")}

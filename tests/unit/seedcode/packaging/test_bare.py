"""Each function starts from its zip with nothing beside it but boto3 and what the layer declares."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from seedcode.packaging import build_function, list_functions

START = """
import sys
sys.path[:0] = {path}
import {name}.handler as module
print(callable(module.handler), sorted({{"numpy", "sagemaker", "rich", "seedcode"}} & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def packages(bare: Callable[..., Path]) -> Path:
    """Nothing but boto3 and the layer."""
    return bare()


@pytest.mark.parametrize("name", list_functions())
def test_a_function_starts_with_nothing_but_boto3_and_its_layer(name: str, packages: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(build_function(name, folder=tmp_path)).extractall(tmp_path / "task")
    script = START.format(path=json.dumps([str(tmp_path / "task"), str(packages)]), name=name)
    # Isolated, without site-packages: what is not declared cannot be imported.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"},
    )
    assert done.stdout == "True []\n", done.stderr

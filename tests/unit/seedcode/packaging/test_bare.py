"""Each function starts from its zip with nothing beside it but boto3 and what the layer declares."""

import importlib.metadata
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from seedcode.packaging import build_function, list_functions, wheels

# What Lambda's Python brings: boto3 and what it stands on.
RUNTIME = ("boto3", "botocore", "s3transfer", "urllib3", "python-dateutil", "six", "jmespath")
START = """
import sys
sys.path[:0] = {path}
import {name}.handler as module
print(callable(module.handler), sorted({{"numpy", "sagemaker", "rich", "seedcode"}} & set(sys.modules)))
"""


def declared() -> list[str]:
    """Names of the distributions that the layer pins."""
    return [line.split("==")[0] for line in wheels.REQUIREMENTS.read_text().splitlines() if "==" in line]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with links to those distributions' packages and to nothing else."""
    folder = tmp_path_factory.mktemp("packages")
    for name in {*RUNTIME, *declared()}:
        distribution = importlib.metadata.distribution(name)
        tops = {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}
        for top in tops:
            (folder / top).symlink_to(Path(str(distribution.locate_file(top))))
    return folder


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

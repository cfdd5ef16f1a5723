"""Folders that hold some installed distributions and nothing else."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from pathlib import Path

import pytest

from seedcode.packaging import layer

# What Lambda's Python brings: boto3 and what it stands on.
RUNTIME = ("boto3", "botocore", "s3transfer", "urllib3", "python-dateutil", "six", "jmespath")


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a folder with links to what Lambda's Python brings, to the layer's packages, and to those named."""

    def make(*names: str) -> Path:
        declared = [line.split("==")[0] for line in layer.REQUIREMENTS.read_text().splitlines() if "==" in line]
        folder = tmp_path_factory.mktemp("packages")
        for name in {*RUNTIME, *declared, *names}:
            distribution = importlib.metadata.distribution(name)
            tops = {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}
            for top in tops:
                (folder / top).symlink_to(Path(str(distribution.locate_file(top))))
        return folder

    return make

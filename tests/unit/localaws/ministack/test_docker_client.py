"""Docker's client is imported when it is used, and not when somebody asks whether it is there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from localaws.environment import PACKAGES

pytest.importorskip("docker")
BEGINNING = """
import sys
from localaws.ministack.docker_client import defer
defer()
import docker
assert "docker.client" not in sys.modules
"""


@pytest.mark.parametrize(
    "use",
    [
        "assert docker.from_env.__name__ == 'from_env'",
        "from docker import errors; assert errors.ImageNotFound",
        "from docker.errors import ImageNotFound",
        "import docker.types; assert docker.types.Mount",
    ],
)
def test_what_is_used_of_it_is_the_package_s_own(use: str) -> None:
    ending = "import docker, docker.client; assert docker.DockerClient is docker.client.DockerClient"
    words = [sys.executable, "-c", f"{BEGINNING}\n{use}\n{ending}"]
    subprocess.run(words, check=True, env={"PYTHONPATH": PACKAGES})


def test_a_package_that_was_imported_stays() -> None:
    words = "import docker; from localaws.ministack.docker_client import defer; defer(); assert docker.client"
    subprocess.run([sys.executable, "-c", words], check=True, env={"PYTHONPATH": PACKAGES})

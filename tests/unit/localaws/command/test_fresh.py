"""An empty local AWS for each line, also where a process cannot be forked, as on macOS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from localaws.environment import PACKAGES
from tests.e2e.laptop import free_port

PROGRAM = "from localaws.command import fresh; fresh.can_fork = lambda: False; fresh.main()"


def test_without_forks_each_is_started_and_stopped_and_the_home_is_gone_in_the_end(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": PACKAGES,
        "SCONES_PORT": str(free_port()),
        "SCONES_HOME": str(tmp_path / "home"),
    }
    words = [sys.executable, "-P", "-c", PROGRAM]
    done = subprocess.run(words, env=environment, input="{}\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (answer,) = done.stdout.splitlines()
    assert json.loads(answer)["AccessKeyId"].startswith("ASIA")
    assert list(tmp_path.iterdir()) == []

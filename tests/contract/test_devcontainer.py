"""The development container is the image that the project runs in, and makes what the Makefile has."""

from __future__ import annotations

import json
import re
from pathlib import Path

TOP = Path(__file__).parents[2]
CONTAINER = json.loads((TOP / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))


def test_it_stands_on_the_image_that_the_project_runs_in() -> None:
    bases = re.findall(r"^FROM (\S+)", (TOP / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {CONTAINER["image"]} == set(bases)


def test_it_installs_with_a_target_that_exists() -> None:
    make, target = CONTAINER["postCreateCommand"].split()
    assert make == "make"
    assert re.search(rf"^{target}:", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

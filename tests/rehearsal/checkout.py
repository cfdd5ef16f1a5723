"""The clone that the reader works in: what lies in this checkout, committed, with one commit on top."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

from console.dataset.drawing.image import draw_image
from console.dataset.layout import MOTORCYCLE
from tests.rehearsal.site import CHECKOUT

IDENTITY = ("-c", "user.name=Reader", "-c", "user.email=reader@example.com", "-c", "init.defaultBranch=main")
EPOCHS = 4


def make(folder: Path) -> None:
    """Copy what git tracks or would track, as it lies on the disk, into a repository of its own."""
    listed = git(CHECKOUT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, listed):
        source, target = CHECKOUT / name, folder / name
        if source.is_file():  # one that was deleted and not yet committed is listed as well
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    git(folder, "init", "--quiet")
    _commit(folder, "What lies in the checkout")


def shorten(folder: Path, epochs: int = EPOCHS) -> None:
    """Let every profile train for a few epochs; nothing else is changed, and the gate stays as high as it is."""
    _edit(folder / "pipelines" / "profiles.py", r'("epochs": )\d+', rf"\g<1>{epochs}")
    _commit(folder, f"Train for {epochs} epochs")


def make_quick(folder: Path) -> None:
    """Let what a push starts be of the profile `quick`."""
    _edit(folder / "pipelines" / "profiles.py", r"(DEFAULT_PROFILE = )\w+\.name", r"\g<1>QUICK.name")
    _commit(folder, "Train by the profile quick")


def draw_photo(folder: Path) -> None:
    """Put the image that a reader brings where the page expects it; git does not see it, as nobody commits it."""
    image = Image.fromarray(draw_image(MOTORCYCLE, np.random.default_rng(1)))
    image.save(folder / "photo.png")


def git(folder: Path, *words: str) -> str:
    """What git answers, by no configuration but the repository's own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *IDENTITY, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def _commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", message)


def _edit(path: Path, pattern: str, by: str) -> None:
    text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"))
    if not count:
        raise ValueError(f"{path} has nothing like {pattern}, which the rehearsal changes.")
    path.write_text(text, encoding="utf-8")

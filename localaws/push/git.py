"""git, asked by argument lists and without what a running push leaves in the environment."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


class PushError(Exception):
    """A sentence for who pushed or deployed: what was given, what is allowed, what to do."""


_SECONDS = 120
# Commits of our own must not depend on who uses the laptop, nor run that person's hooks or signing.
_IDENTITY = ("-c", "user.name=Scones", "-c", "user.email=scones@localhost", "-c", "commit.gpgsign=false")


def git(*words: str, folder: Path) -> str:
    """Run git in a folder and answer its output; raise PushError with git's own words where it fails."""
    program = shutil.which("git")
    if program is None:
        raise PushError("git is not on this machine's PATH; install it to have a repository to push to.")
    done = subprocess.run(
        [program, *_IDENTITY, *words],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise PushError(f"`git {words[0]}` failed in {folder}: {done.stderr.strip() or done.returncode}")
    return done.stdout

"""The git remote `scones`, by which the checkout is pushed to the local repository."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

NAME = "scones"


def connect(checkout: Path, repository: Path) -> str | None:
    """Add the remote where it is missing or leads nowhere any more; say in a sentence what there is to push to.

    None where there is no repository, no git, or no checkout's top folder.
    """
    if not repository.is_dir() or ask_git(checkout, "rev-parse", "--show-prefix") != "":
        return None
    present = ask_git(checkout, "remote", "get-url", NAME)
    if present == str(repository):
        return f"`git push {NAME} main` builds and runs what is committed."
    if present and (":" in present or Path(present).exists()):
        return (
            f"The remote {NAME} of this checkout is {present} and stays so; push to {repository} to build and run what "
            "is committed."
        )
    ask_git(checkout, "remote", *(("set-url",) if present else ("add",)), NAME, str(repository))
    return f"The remote {NAME} is added: `git push {NAME} main` builds and runs what is committed."


def disconnect(checkout: Path, home: Path) -> str | None:
    """Remove the remote where it leads into a home whose repositories are gone; say so in a sentence."""
    present = ask_git(checkout, "remote", "get-url", NAME)
    if not present or not Path(present).is_relative_to(home) or Path(present).exists():
        return None
    ask_git(checkout, "remote", "remove", NAME)
    return f"The remote {NAME} of this checkout led there, and is removed; the next `scones up` adds it again."


def find_commit() -> str | None:
    """The commit that is checked out; None outside of a checkout."""
    return ask_git(Path.cwd(), "rev-parse", "HEAD")


def ask_git(folder: Path, *words: str) -> str | None:
    """Git's answer; None where it fails or is missing."""
    git = shutil.which("git")
    if git is None:
        return None
    done = subprocess.run([git, *words], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None

"""A pipeline's definition at another commit: built in a checkout of its own, with that commit's code."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from seedcode.errors import PackagingError

_SECONDS = 300


def define_here(root: Path) -> dict[str, Any]:
    """Build the definition of a checkout, as `make definition` prints it."""
    command = [sys.executable, "-m", "pipelines.get_pipeline_definition"]
    definition: dict[str, Any] = json.loads(_run(command, root, {**os.environ, "PYTHONPATH": str(root)}))
    return definition


def define_at(commit: str, root: Path) -> dict[str, Any]:
    """Build the definition of a commit; one from before the pipeline has an empty one."""
    with TemporaryDirectory() as folder:
        work = Path(folder).resolve() / "before"
        _run(["git", "worktree", "add", "--quiet", "--detach", "--", str(work), _resolve(commit, root)], root)
        try:
            return define_here(work) if (work / "pipelines").is_dir() else {}
        finally:
            _run(["git", "worktree", "remove", "--force", "--", str(work)], root)


def merge_base(one: str, other: str, root: Path) -> str:
    """Return the commit at which two branches parted."""
    return _run(["git", "merge-base", "--", _resolve(one, root), _resolve(other, root)], root).strip()


def _resolve(commit: str, root: Path) -> str:
    # What is not a revision, an option among others, is refused here.
    return _run(["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}"], root).strip()


def _run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip() or f"it ended with {done.returncode}").splitlines()[-1]
        raise PackagingError(f"`{' '.join(command[:3])}` failed in {folder}: {reason}")
    return done.stdout

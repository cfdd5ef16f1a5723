"""A container's /opt/ml, as a directory of its own.

A program in namespaces sees it as /opt/ml. Where there are none, its arguments, its environment, and the scripts,
archives of scripts and configuration that were staged for it are rewritten to name the directory that stands for it.
"""

from __future__ import annotations

import re
from pathlib import Path

OPT_ML = "/opt/ml"
_PATH = re.compile(r"(?<![\w.-])/opt/ml(?![\w.-])")
_SCRIPTS = {".py", ".sh"}


def inside(root: Path, container_path: str) -> Path:
    """The directory under `root` that stands for a container's path such as /opt/ml/processing/input."""
    path = (root / container_path.removeprefix(OPT_ML).lstrip("/")).resolve()
    if not container_path.startswith(OPT_ML + "/") or not path.is_relative_to(root.resolve()):
        raise ValueError(f"{container_path!r} is not a path below {OPT_ML}.")
    return path


def rewrite(text: str, root: Path) -> str:
    """Replace every path below /opt/ml in `text`."""
    return _PATH.sub(lambda _: str(root), text)


def rewrite_files(root: Path) -> None:
    """Replace paths below /opt/ml in all that was staged for a program and may name them."""
    rewrite_scripts(root, root)


def rewrite_scripts(directory: Path, root: Path) -> None:
    """Replace paths below /opt/ml in the Python and shell scripts that lie in `directory`."""
    for script in directory.rglob("*"):
        if script.suffix in _SCRIPTS and script.is_file() and not script.is_symlink():
            source = script.read_text(encoding="utf-8", errors="surrogateescape")
            changed = rewrite(source, root)
            if changed != source:
                script.write_text(changed, encoding="utf-8", errors="surrogateescape")


def read_text(root: Path, name: str) -> str:
    """A file that a program left below its /opt/ml, or "": a link that leads out of it is none."""
    file = (root / name).resolve()
    if not file.is_relative_to(root.resolve()) or not file.is_file():
        return ""
    return file.read_text(encoding="utf-8", errors="replace")

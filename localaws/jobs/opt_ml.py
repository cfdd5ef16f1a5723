"""A container's /opt/ml, as a directory of its own.

There is no Docker and no root here, so a program cannot see a real /opt/ml. Its arguments, its environment and the
scripts that are staged for it are rewritten to name the directory that stands for it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from localaws.images.program import Program

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


def rewrite_program(program: Program, root: Path) -> Program:
    """Replace paths below /opt/ml in each word of a program."""
    return replace(program, argv=tuple(rewrite(word, root) for word in program.argv))


def rewrite_scripts(directory: Path, root: Path) -> None:
    """Replace paths below /opt/ml in the Python and shell scripts that lie in `directory`."""
    for script in directory.rglob("*"):
        if script.suffix in _SCRIPTS and script.is_file():
            source = script.read_text(encoding="utf-8", errors="surrogateescape")
            changed = rewrite(source, root)
            if changed != source:
                script.write_text(changed, encoding="utf-8", errors="surrogateescape")

"""A container's /opt/ml, as a directory of its own.

A program in namespaces sees it as /opt/ml. Where there are none, its arguments, its environment, and the scripts,
archives of scripts and configuration that were staged for it are rewritten to name the directory that stands for it.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePath

from localaws.failures import ClientFailure

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


def rewrite_scripts(directory: Path, root: Path) -> None:
    """Replace paths below /opt/ml in the Python and shell scripts that lie in `directory`."""
    for script in directory.rglob("*"):
        if is_script(script.name) and script.is_file() and not script.is_symlink():
            source = script.read_bytes()
            changed = rewrite_bytes(source, root)
            if changed != source:
                script.write_bytes(changed)


def rewrite_bytes(source: bytes, root: Path) -> bytes:
    """Replace every path below /opt/ml in a file's content, of whatever encoding the rest is."""
    return rewrite(source.decode("utf-8", errors="surrogateescape"), root).encode("utf-8", errors="surrogateescape")


def is_script(name: str) -> bool:
    """Whether a file's name is a Python or shell script's."""
    return PurePath(name).suffix in _SCRIPTS


def read_text(root: Path, name: str) -> str:
    """A file that a program left below its /opt/ml, or "": a link that leads out of it is none."""
    file = find_left(root, name)
    return file.read_text(encoding="utf-8", errors="replace") if file and file.is_file() else ""


def get_left(root: Path, name: str) -> Path:
    """The folder that a program was to fill; raises ClientFailure where it has removed it, or put a link there."""
    found = find_left(root, name)
    if found is None or not found.is_dir():
        raise ClientFailure(f"{OPT_ML}/{name} is no folder any more that lies there; leave the folder and fill it.")
    return found


def find_left(root: Path, name: str) -> Path | None:
    """What a program left below its /opt/ml; None where it is not there, or a link leads out of the directory."""
    found = (root / name).resolve()
    return found if found.is_relative_to(root.resolve()) and found.exists() else None

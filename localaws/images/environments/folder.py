"""A folder that is a Python environment, empty but for what shows the layers below it; made in a millisecond or two."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from localaws.images.environments import showing
from localaws.images.environments.interpreters import Interpreter
from localaws.platforms import FIRST_PYTHON

_SHOWING = "_image_layers"
_LONGEST_LINE = 4096
_PIP = FIRST_PYTHON + b"import sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"


def make_folder(folder: Path, interpreter: Interpreter, layers: Sequence[Path]) -> Path:
    """Make an environment of an interpreter that shows folders of packages, highest first; answers its Python.

    What pip installs with that Python lands in `folder` alone, as the layers are outside of its environment.
    """
    scripts, packages = folder / "bin", folder / interpreter.packages
    scripts.mkdir(parents=True)
    packages.mkdir(parents=True)
    if interpreter.platform.startswith("linux"):
        (folder / "lib64").symlink_to("lib")
    (folder / "pyvenv.cfg").write_text(
        f"home = {interpreter.executable.parent}\ninclude-system-site-packages = false\n"
        f"version = {interpreter.version}\n",
        encoding="utf-8",
    )
    for name in ("python", "python3", f"python{interpreter.minor}"):
        (scripts / name).symlink_to(interpreter.executable)
    for name in ("pip", "pip3", f"pip{interpreter.minor}"):
        # Wherever the interpreter has its own, this one installs here.
        _write_script(scripts / name, _PIP)
    source = Path(showing.__file__).read_text(encoding="utf-8")
    (packages / f"{_SHOWING}.py").write_text(source, encoding="utf-8")
    show_layers(packages, packages, layers)
    return scripts / "python3"


def show_layers(packages: Path, own: Path, layers: Sequence[Path]) -> None:
    """Write which layers an environment shows; `own` is where its folder of packages will lie."""
    shown = [str(layer) for layer in layers]
    (packages / f"{_SHOWING}.pth").write_text(
        f"import {_SHOWING}; {_SHOWING}.show({str(own)!r}, {shown!r})\n", encoding="utf-8"
    )


def free_scripts(source: Path, target: Path) -> None:
    """Let scripts run with the Python that is first on PATH, which is a job's own; others of a folder are linked.

    `source` and `target` may be one folder, whose other programs stay as they are.
    """
    for file, text in _list_scripts(source):
        if text is not None:
            (target / file.name).unlink(missing_ok=True)
            _write_script(target / file.name, text)
        elif source != target:
            (target / file.name).symlink_to(file)


def _write_script(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    file.chmod(0o755)


def _list_scripts(folder: Path) -> Iterator[tuple[Path, bytes | None]]:
    """Programs of a folder but Pythons, with the changed text of those that Python runs."""
    for file in sorted(folder.iterdir()):
        if file.name.lower().startswith(("python", "activate")) or not os.access(file, os.X_OK) or file.is_dir():
            continue
        yield file, _free(file)


def _free(file: Path) -> bytes | None:
    """The text of a Python script for the first Python on PATH; None for other programs."""
    with file.open("rb") as opened:
        first = opened.readline(_LONGEST_LINE)
        if first.startswith(b"#!") and b"python" in first:
            return FIRST_PYTHON + opened.read()
        # A path that is too long for a kernel, or has spaces, stands in two lines of sh.
        if first == b"#!/bin/sh\n" and opened.readline(_LONGEST_LINE).startswith(b"'''exec' "):
            opened.readline(_LONGEST_LINE)
            return FIRST_PYTHON + opened.read()
    return None

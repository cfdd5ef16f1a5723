"""A folder that is a Python environment, empty but for what shows the layers below it; made in a millisecond or two."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
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
    (packages / f"{_SHOWING}.py").write_bytes(_read_source())
    show_layers(packages, packages, layers)
    return scripts / "python3"


def show_layers(packages: Path, own: Path, layers: Sequence[Path]) -> None:
    """Write which layers an environment shows; `own` is where its folder of packages will lie.

    Every Python of a job reads this when it starts: it imports a module only where something is to be hidden, among the
    layers, which do not change while a job runs, or of them by what was installed above.
    """
    folder, shown = str(own), [str(layer) for layer in layers]
    hides = _hides(tuple((layer, layer.stat().st_mtime_ns if layer.is_dir() else 0) for layer in layers))
    installed = f"any(name.endswith('-info') for name in os.listdir({folder!r}))"
    (packages / f"{_SHOWING}.pth").write_text(
        f"import os, site; list(map(site.addsitedir, {shown!r})); "
        f"{hides or installed} and __import__({_SHOWING!r}).hide({folder!r}, {shown!r})\n",
        encoding="utf-8",
    )


@lru_cache(maxsize=64)
def _hides(layers: tuple[tuple[Path, int], ...]) -> bool:
    """Whether layers hide something of each other, as they are since they were changed last."""
    highest, *lower = [str(layer) for layer, _ in layers] or [""]
    return bool(showing.list_hidden(highest, lower))


@cache
def _read_source() -> bytes:
    return Path(showing.__file__).read_bytes()


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

"""Installs a lock into an environment: with uv, which takes seconds where pip takes minutes, or with pip.

`python install.py ENVIRONMENT [LOCK] [--editable] [--without-pip]` makes the environment where there is none; with
--editable this checkout is installed too, without dependencies. uv reads no settings of pip (a company's index, its
certificates), and not every machine has a wheel of it, so where it fails pip does the same, also in an environment that
was made without it, which takes seconds less. uv's version is that of requirements/uv.lock.
"""

import os
import subprocess
import sys
import venv
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "uv.lock"
UV = ROOT / ".venv" / "uv"
# A lock names all packages, so there are no dependencies to find.
LOCKED = ("--no-deps", "--require-hashes", "--requirement")
EDITABLE = ("--no-deps", "--no-build-isolation", "--editable")


def install(environment: Path, words: Sequence[str]) -> None:
    """Install what pip's words name; both programs understand them."""
    python = environment / "bin" / "python"
    uv = find_uv(python)
    if uv and _run([str(uv), "pip", "install", "--quiet", "--python", str(python), *words]):
        return
    if uv:
        sys.stderr.write("uv could not install this; pip tries it, with this machine's settings.\n")
    if not (_has_pip(python) and _run([*pip(python), *words])):
        sys.exit(f"Neither uv nor pip could install {words[-1]} into {environment}; the lines above say why.")


def find_uv(python: Path) -> Path | None:
    """uv of the version in its lock, installed by this Python's pip where it is not yet; None where pip finds none."""
    program, installed = UV / "bin" / "uv", UV / LOCK.name
    wanted = LOCK.read_text(encoding="utf-8")
    if not installed.is_file() or installed.read_text(encoding="utf-8") != wanted:
        if not (_has_pip(python) and _run([*pip(python), "--upgrade", "--target", str(UV), *LOCKED, str(LOCK)])):
            return None
        installed.write_text(wanted, encoding="utf-8")
    return program


def pip(python: Path) -> list[str]:
    """The words of pip before what it installs. Python compiles what it imports, once; pip would compile all."""
    return [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-compile"]


def _has_pip(python: Path) -> bool:
    """Whether there is a pip, brought by Python itself if need be."""
    asked = "import sys; from importlib.util import find_spec; sys.exit(find_spec('pip') is None)"
    return _run([str(python), "-c", asked]) or _run([str(python), "-m", "ensurepip"])


def _run(command: Sequence[str]) -> bool:
    # Hard links would let a change within one environment reach all others.
    return subprocess.run(command, check=False, env={**os.environ, "UV_LINK_MODE": "copy"}).returncode == 0


def main() -> None:
    """Make the environment and install into it."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("environment", type=Path)
    parser.add_argument("lock", nargs="?")
    parser.add_argument("--editable", action="store_true")
    parser.add_argument("--without-pip", action="store_true")
    asked = parser.parse_args()
    if not (asked.environment / "bin" / "python").exists():
        venv.create(asked.environment, with_pip=not asked.without_pip)
    if asked.lock:
        install(asked.environment, [*LOCKED, asked.lock])
    if asked.editable:
        install(asked.environment, [*EDITABLE, str(ROOT)])


if __name__ == "__main__":
    main()

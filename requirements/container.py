"""Tries the image without Docker: the Dockerfile's pip lines in a plain environment, then each room's modules and help.

`python container.py install ENVIRONMENT` and `python container.py try ENVIRONMENT`; `make container` does both.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = ROOT / "seedcode" / "Dockerfile"
# Imports every module of a room, so that a package that the lock forgot is found; then runs its help.
IMPORT_ALL = """
import importlib, pkgutil, sys
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def read_instructions(text: str) -> list[tuple[str, str]]:
    """Read a Dockerfile as instructions and their arguments, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines()) if word]


def pip_commands(text: str, python: Path) -> list[list[str]]:
    """Return the pip commands of a Dockerfile, set to an interpreter and to this checkout's files."""
    instructions = read_instructions(text)
    copied = dict(reversed(rest.split()) for word, rest in instructions if word == "COPY" and len(rest.split()) == 2)
    commands = [
        shlex.split(command)
        for word, rest in instructions
        if word == "RUN"
        for command in rest.split("&&")
        if re.search(r"\bpip\b", command)
    ]
    return [
        [str(python), *(str(ROOT / copied[word]) if word in copied else word for word in command[1:])]
        for command in commands
    ]


def rooms(text: str) -> Iterator[str]:
    """Yield the packages that the Dockerfile copies and that are there."""
    for word, rest in read_instructions(text):
        source = rest.split()[0] if word == "COPY" else ""
        if (ROOT / source / "__main__.py").is_file() and source:
            yield source


def install(environment: Path) -> None:
    """Make the environment and install as the image does."""
    venv.create(environment, clear=True, with_pip=True)
    commands = pip_commands(DOCKERFILE.read_text(encoding="utf-8"), environment / "bin" / "python")
    if not commands:
        sys.exit("seedcode/Dockerfile installs nothing with pip; there is nothing to try.")
    for command in commands:
        subprocess.run(command, check=True, env={**os.environ, "PIP_QUIET": "1"})


def try_rooms(environment: Path) -> None:
    """Import every module of each room and run its help, with nothing but the room on the path."""
    python = str(environment / "bin" / "python")
    for room in rooms(DOCKERFILE.read_text(encoding="utf-8")):
        with tempfile.TemporaryDirectory() as folder:
            # As in the image: the rooms, without the rest of the checkout.
            (Path(folder) / room).symlink_to(ROOT / room)
            made = {"PATH": os.defpath, "PYTHONPATH": folder, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
            for words in (["-c", IMPORT_ALL, room], ["-m", room, "--help"]):
                done = subprocess.run(
                    [python, *words], cwd=folder, env=made, capture_output=True, text=True, check=False
                )
                if done.returncode:
                    sys.exit(f"{room} does not run on what the image installs:\n{done.stderr}")
        sys.stdout.write(f"{room} runs on what the image installs.\n")


if __name__ == "__main__":
    {"install": install, "try": try_rooms}[sys.argv[1]](Path(sys.argv[2]).resolve())

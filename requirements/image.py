"""Follows the root Dockerfile without Docker: its pip lines, in its stages' environments, on the files that it copies.

`python -m requirements.image` ends with the wheel in `.venv/installation`, and what the image would run works from an
empty folder. What Debian's packages and Docker itself bring is not tried.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

from requirements.container import ROOT, read_instructions
from requirements.installation import SHORT, use

DOCKERFILE = ROOT / "Dockerfile"
IGNORED = ROOT / ".dockerignore"


class Stage:
    """A stage of the image: a folder for its files, and an environment for its Python."""

    def __init__(self, folder: Path, environment: Path) -> None:
        self.folder = folder
        self.python = environment / "bin" / "python"
        venv.create(environment, clear=True, with_pip=True)

    def path(self, named: str) -> Path:
        """Where a path of the container lies here."""
        return self.folder / named.lstrip("/")

    def copy(self, source: Path, target: str) -> None:
        """Copy a file or a folder to a path of the container."""
        if source.is_dir():
            shutil.copytree(source, self.path(target), dirs_exist_ok=True)
        else:
            self.path(target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, self.path(target))

    def run(self, command: str) -> None:
        """Run a pip command with this stage's Python, and its paths here."""
        words = [word for given in shlex.split(command)[1:] for word in self._expand(given)]
        subprocess.run([str(self.python), *words], check=True, env={**os.environ, "PIP_QUIET": "1"})

    def _expand(self, word: str) -> list[str]:
        if not word.startswith("/"):
            return [word]
        return [str(path) for path in self.folder.glob(word[1:])] if "*" in word else [str(self.path(word))]


def build(folder: Path, environment: Path) -> None:
    """Follow the instructions, stage by stage; the last stage's environment is the one that is given."""
    instructions = read_instructions(DOCKERFILE.read_text(encoding="utf-8"))
    stages = [rest.partition(" AS ")[2] for word, rest in instructions if word == "FROM"]
    made: dict[str, Stage] = {}
    for word, rest in instructions:
        if word == "FROM":
            name = stages[len(made)]
            stage = Stage(folder / f"stage-{name}", folder / "environment" if name else environment)
            made[name] = stage
        elif word == "COPY":
            _copy(rest.split(), stage, made, folder)
        elif word == "RUN" and "pip " in rest:
            stage.run(rest)


def _copy(words: list[str], stage: Stage, made: dict[str, Stage], folder: Path) -> None:
    *options, source, target = words
    if options:
        stage.copy(made[options[0].removeprefix("--from=")].path(source), target)
    elif source == ".":
        stage.copy(_select(folder / "context"), target)
    else:
        stage.copy(ROOT / source, target)


def _select(context: Path) -> Path:
    """Copy what .dockerignore lets through: the image is built of it alone."""
    for path in list_context():
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        copied = shutil.copytree if (ROOT / path).is_dir() else shutil.copyfile
        copied(ROOT / path, context / path)
    return context


def list_context() -> Iterator[Path]:
    """Yield the files and folders that .dockerignore lets through."""
    for line in IGNORED.read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            yield from (path.relative_to(ROOT) for path in ROOT.glob(line[1:]))


if __name__ == "__main__":
    installed = ROOT / ".venv" / "installation"
    with tempfile.TemporaryDirectory() as work:
        build(Path(work), installed)
    use(installed, SHORT)
    sys.stdout.write("What the root Dockerfile installs works; Debian's packages and Docker were not tried.\n")

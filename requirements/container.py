"""Tries the image without Docker: the Dockerfile's pip lines in a plain environment, then each package's modules.

`python -m requirements.container install ENVIRONMENT` and `... try ENVIRONMENT`; `make container` does both. uv reads
pip's words as well, and takes a seventh of its time; install.py says when pip takes its place.
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

from requirements import install as environments

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = ROOT / "seedcode" / "Dockerfile"
# Imports every module of a package, so that a package that the lock forgot is found; then runs its help.
IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""

# A test set of eight images and what a model said of them: what a baseline is made of.
DRAW = """
import json, pathlib, random
from PIL import Image
source = pathlib.Path("source")
lines = ["path,label,prediction,probability_bicycle,probability_motorcycle,confidence"]
for name in ("test", "evaluation"):
    (source / name).mkdir(parents=True)
for number in range(8):
    image = Image.frombytes("RGB", (32, 32), random.Random(number).randbytes(3072))
    image.save(source / "test" / f"{number}.png")
    lines.append(f"{number}.png,bicycle,bicycle,0.9{number},0.0{9 - number},0.9{number}")
(source / "evaluation" / "predictions.csv").write_text("\\n".join(lines) + "\\n")
(source / "evaluation" / "evaluation.json").write_text(json.dumps({"model": {"input_shape": [3, 28, 28]}}))
"""
# Model Monitor's container takes no arguments, so it makes a real baseline; the others run their help.
JOBS = {"monitoring": [["-c", DRAW], ["-m", "monitoring"]]}


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


def packages(text: str) -> Iterator[str]:
    """Yield the packages that the Dockerfile copies and that are there."""
    for word, rest in read_instructions(text):
        source = rest.split()[0] if word == "COPY" else ""
        if (ROOT / source / "__main__.py").is_file() and source:
            yield source


def install(environment: Path) -> None:
    """Make the environment and install as the image does."""
    venv.create(environment, clear=True, with_pip=False)
    commands = pip_commands(DOCKERFILE.read_text(encoding="utf-8"), environment / "bin" / "python")
    if not commands:
        sys.exit("seedcode/Dockerfile installs nothing with pip; there is nothing to try.")
    for command in commands:
        environments.install(environment, command[command.index("install") + 1 :])


def try_packages(environment: Path) -> None:
    """Import every module of each package and run it, with nothing but the package on the path."""
    for package in packages(DOCKERFILE.read_text(encoding="utf-8")):
        with tempfile.TemporaryDirectory() as folder:
            # As in the image: the packages, without the rest of the checkout.
            for name in (package, "common"):
                (Path(folder) / name).symlink_to(ROOT / name)
            for words in (["-c", IMPORT_ALL, package], *JOBS.get(package, [["-m", package, "--help"]])):
                _run(package, [str(environment / "bin" / "python"), *words], folder)
        sys.stdout.write(f"{package} runs on what the image installs.\n")


def _run(package: str, command: list[str], folder: str) -> None:
    made = {"PATH": os.defpath, "PYTHONPATH": folder, "OMP_NUM_THREADS": "1"}
    # Model Monitor's contract; the other packages read none of it.
    made |= {"OPT_ML": f"{folder}/ml", "dataset_source": f"{folder}/source", "output_path": f"{folder}/baseline"}
    done = subprocess.run(command, cwd=folder, env=made, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{package} does not run on what the image installs:\n{done.stderr}")


if __name__ == "__main__":
    {"install": install, "try": try_packages}[sys.argv[1]](Path(sys.argv[2]).resolve())

"""Tries the wheels in dist/ as a stranger has them: in an environment without the checkout, from an empty folder.

`python installation.py short` takes what this Python has installed for the wheels' dependencies, and starts and stops
the local AWS, alone and with the project; without MXNet it also runs the whole loop, with one epoch. `python
installation.py whole` lets pip install the dependencies from the index, and runs the demo. `make installation` builds
the wheels first.
"""

import os
import site
import socket
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("scones", "get-pipeline-definition", "run-pipeline", "localaws")
ALONE = (
    ["localaws", "up"],
    ["localaws", "status"],
    ["localaws", "env", "--json"],
    ["localaws", "logs"],
    ["localaws", "down"],
)
SHORT = (
    ["scones", "--help"],
    ["scones", "up"],
    ["scones", "status"],
    ["get-pipeline-definition", "--output", "definition.json"],
    ["scones", "seed", "repository"],
)
# One epoch teaches nothing, so every accuracy has to do.
LOOP = ["scones", "demo", "--set", "Epochs=1", "--set", "AccuracyThreshold=0", "--set", "LearningRateScheduleSteps=1"]
WHOLE = (["scones", "--help"], ["scones", "demo"], ["scones", "demo", "--drift"])


def install(
    environment: Path, wheels: Sequence[Path], *, whole: bool, extras: str = "", beside: Sequence[str] = ()
) -> None:
    """Make the environment, with the wheels and what they depend on, also for an extra; `beside` is what pip adds."""
    venv.create(environment, clear=True, with_pip=whole)
    python = str(environment / "bin" / "python")
    pip = [python, "-m", "pip"] if whole else [sys.executable, "-m", "pip", "--python", python]
    words = ["--quiet", "--disable-pip-version-check", "install", "--no-compile"]
    named = [f"{wheel}[{extras}]" if extras else str(wheel) for wheel in wheels]
    _run([*pip, *words, *([*named, *beside] if whole else ["--no-deps", *named])])
    (packages,) = environment.glob("lib/python*/site-packages")
    if whole:
        _run([python, "-m", "pip", "--disable-pip-version-check", "check"])
    else:
        check_files(packages)
        # A folder that a .pth file names is searched, and its own .pth files are not read: the checkout stays unknown.
        (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n", encoding="utf-8")
    found = {path.name for path in (environment / "bin").iterdir()}
    if missing := set(COMMANDS if len(wheels) > 1 else COMMANDS[-1:]) - found:
        sys.exit(f"The wheels install no {', '.join(sorted(missing))}.")


def check_files(packages: Path) -> None:
    """Hold what lies in an environment that had nothing against the one name of ours, and what is in both wheels."""
    names = sorted(path.name for path in packages.iterdir() if path.name != "__pycache__")
    if not {name.partition("-")[0] for name in names} <= {"scones", "scones_localaws"} or "scones" not in names:
        sys.exit(f"The wheels install {', '.join(names)}; they may install scones and their metadata alone.")
    records = [record.read_text(encoding="utf-8") for record in packages.glob("*.dist-info/RECORD")]
    files = [line.split(",")[0] for record in records for line in record.splitlines()]
    if twice := sorted({file for file in files if files.count(file) > 1}):
        sys.exit(f"Both wheels have {', '.join(twice)}.")


def use(environment: Path, commands: Sequence[Sequence[str]]) -> None:
    """Run the commands from an empty folder, stop what they started, and look where the state is."""
    with tempfile.TemporaryDirectory() as folder:
        # As pipx and uv do it: the environment's own programs are not on the path.
        kept = {name: os.environ[name] for name in os.environ if not name.startswith(("SCONES_", "AWS_", "PYTHON"))}
        variables = {**kept, "PATH": os.defpath, "SCONES_PORT": str(find_port()), "SAGEMAKER_SUPPRESS_V2_WARNING": "1"}
        try:
            for name, *words in commands:
                _run([str(environment / "bin" / name), *words], cwd=folder, env=variables)
        finally:
            _run([str(environment / "bin" / "localaws"), "down", "--yes"], cwd=folder, env=variables)
        if not Path(folder, ".scones", "sagemaker.db").is_file():
            sys.exit(f"The state is not in .scones/ of the folder: {[path.name for path in Path(folder).iterdir()]}")


def find_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: Sequence[str], **options: object) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def main(form: str) -> None:
    """Install and use: first the local AWS alone, then the project beside it."""
    wheels = sorted((ROOT / "dist").glob("scones*.whl"), reverse=True)  # scones_localaws first
    environment = ROOT / ".venv" / "installation"
    has_mxnet = find_spec("mxnet") is not None
    whole = form == "whole"
    install(environment, wheels[:1], whole=whole)
    use(environment, ALONE)
    install(environment, wheels, whole=whole)
    use(environment, WHOLE if whole else SHORT if has_mxnet else [*SHORT, LOOP])
    engine = "with MXNet" if has_mxnet else "without MXNet"
    names = " and ".join(wheel.name for wheel in wheels)
    sys.stdout.write(f"{names} work without the checkout and {engine} ({form} form).\n")


if __name__ == "__main__":
    main(sys.argv[1])

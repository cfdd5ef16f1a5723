"""Runs the examples as a stranger does: from the wheel in a fresh environment, and pytest with the wheel's fixture.

`python examples.py short` takes what this Python has installed for the wheel's dependencies, for the SageMaker SDK and
for the packages of AWS's images, so that nothing is fetched, and leaves PyTorch out. `python examples.py whole` lets
pip install the wheel and the SDK from the index; images get their own packages, and PyTorch is Debian's where
the system's Python has it, as the index's wheel brings CUDA. `make examples` builds the wheel first.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from installation import ROOT, find_port, install

SDK = "sagemaker==2.257.7"
IMAGES = ("sagemaker-scikit-learn", "sagemaker-xgboost")
TORCH = ("pytorch-training", "pytorch-inference")
# The system's own, whatever environment this runs in.
DEBIAN = shutil.which("python3", path=os.defpath) or "python3"
# A name, what it is called with, the exit code, and what it has to say.
SHORT = (
    ("xgboost", (), 0, "Ten new pumps fail with the probabilities"),
    ("scikit-learn", (), 0, "Two flats cost"),
)
WHOLE = (
    *SHORT,
    ("xgboost", ("--minimum-auc", "0.999"), 1, "Refuse: Failed"),
    ("pytorch", (), 0, "are put on the right spiral"),
)


TEST = """
import boto3

def test_it_is_mine_alone(localaws):
    assert boto3.client("s3").list_buckets()["Buckets"] == []
    boto3.client("s3").create_bucket(Bucket="mine")

def test_the_next_one_is_empty(localaws):
    assert boto3.client("s3").list_buckets()["Buckets"] == []
"""


class Example:
    """One run of an example's pipeline."""

    def __init__(self, folder: Path, words: tuple[str, ...], code: int, says: str) -> None:
        self.folder = folder
        self.words = words
        self.code = code
        self.says = says

    def run(self, python: Path, environment: Mapping[str, str]) -> str:
        """Run it; exits with all that it said where it does not end as it should."""
        started = time.monotonic()
        command = [str(python), "pipeline.py", *self.words]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != self.code or self.says not in done.stdout:
            sys.exit(f"{self.folder.name} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        last = done.stdout.strip().splitlines()[-1].lstrip("-!")  # what the SDK counts with
        return f"{self.folder.name} {' '.join(self.words)}: {last} ({time.monotonic() - started:.0f} s)"


def map_images(home: Path, *, whole: bool) -> None:
    """Say in images.json which interpreters stand for which images."""
    mapped = {} if whole else {image: {"python": sys.executable} for image in IMAGES}
    if whole and has_torch():
        mapped |= {image: {"python": DEBIAN} for image in TORCH}
    home.mkdir(mode=0o700)
    (home / "images.json").write_text(json.dumps(mapped), encoding="utf-8")


def try_fixture(python: Path, environment: Mapping[str, str], folder: Path) -> None:
    """Let pytest find the fixture by the wheel's entry point; exits with what it said where a test fails."""
    (folder / "test_mine.py").write_text(TEST, encoding="utf-8")
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"pytest ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")


def has_torch() -> bool:
    """Whether Debian's Python has PyTorch (the package python3-torch)."""
    if shutil.which(DEBIAN) is None:
        return False
    return subprocess.run([DEBIAN, "-c", "import torch"], capture_output=True, check=False).returncode == 0


def main(form: str) -> None:
    """Install, start, run all, and stop."""
    whole = form == "whole"
    (wheel,) = (ROOT / "dist").glob("scones_localaws-*.whl")
    environment = ROOT / ".venv" / "examples"
    install(environment, [wheel], whole=whole, extras="xgboost", beside=[SDK, "pytest"])
    localaws = str(environment / "bin" / "localaws")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        map_images(home, whole=whole)
        examples = Path(folder, "examples")
        shutil.copytree(ROOT / "examples", examples)
        kept = {name: os.environ[name] for name in os.environ if not name.startswith(("SCONES_", "AWS_", "PYTHON"))}
        variables = {
            **kept,
            **({} if whole else {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(ROOT / ".venv" / "wheels")}),
            **{"PATH": os.defpath, "SCONES_PORT": str(find_port()), "SCONES_HOME": str(home)},
            **{"OMP_NUM_THREADS": "1", "SAGEMAKER_SUPPRESS_V2_WARNING": "1"},
        }
        try:
            subprocess.run([localaws, "up"], env=variables, check=True, stdout=subprocess.DEVNULL)
            told = subprocess.run([localaws, "env", "--json"], env=variables, check=True, stdout=subprocess.PIPE)
            shell = {**variables, **json.loads(told.stdout)["Environment"]}
            chosen = [
                Example(examples / name, words, code, says) for name, words, code, says in (WHOLE if whole else SHORT)
            ]
            with ThreadPoolExecutor(2) as pool:
                for line in pool.map(lambda one: one.run(environment / "bin" / "python", shell), chosen):
                    sys.stdout.write(f"{line}\n")
            try_fixture(environment / "bin" / "python", variables, Path(folder))
        finally:
            subprocess.run([localaws, "down", "--yes"], env=variables, check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1])

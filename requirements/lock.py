"""Writes the locks with uv: one file a list of packages, which holds for every platform that the project runs on.

A line has a marker where a package is for some platforms alone, and the hashes of all files that the index publishes of
its version. test.lock comes first, the other lists of setup.py but the SDK 3's take its versions; what a lock has stays
until it no longer fits, or until its line is removed. Then each lock is resolved on each platform, with wheels alone.
"""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from requirements.install import find_uv

HERE = Path(__file__).parent
OPTIONS = ["--quiet", "--universal", "--python-version=3.11", "--generate-hashes", "--no-strip-extras"]
OPTIONS += ["--no-header", "--no-annotate"]
PLATFORMS = {
    "Linux x86_64": "x86_64-unknown-linux-gnu",
    "Linux aarch64": "aarch64-unknown-linux-gnu",
    "macOS arm64": "aarch64-apple-darwin",
    "macOS x86_64": "x86_64-apple-darwin",
}
PYTHONS = ("3.11", "3.12")
# The SDK 3 on 3.13 as well, where numpy 2 takes the place of what MXNet needs.
MORE_PYTHONS = {"sdk3": ("3.13",)}
# ONNX Runtime's wheel for Apple Silicon asks for it.
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}
# Published as source alone, which is Python alone: it builds anywhere.
SOURCES = ("stepfunctions",)
# In environments of their own, see the Makefile and the workflow audit.yml.
ALONE = {
    "awscli": ["awscli==1.46.3"],
    "checkov": ["checkov==3.3.30"],
    "sbom": ["cyclonedx-python-lib[json-validation]==11.12.0"],
    "audit": ["pip-audit==2.10.1"],
    "uv": ["uv==0.13.9"],
    "docs": ["zensical==0.0.73"],
    "packaging": [
        *("twine==7.0.0", "check-wheel-contents==0.6.3", "setuptools==80.10.2", "wheel==0.48.0"),
        "check-jsonschema==0.39.0",
    ],
}


def read_lists() -> dict[str, list[str]]:
    """What each lock has to bring: the lists of setup.py, and those of environments of their own."""
    found = runpy.run_path(str(HERE.parent / "setup.py"))
    ours = {name: found[name.upper()] for name in ("laptop", "build", "container", "sdk3")}
    return {"test": [*found["LAPTOP"], *found["TEST"]], **ours, **ALONE}


def lock(name: str, packages: list[str]) -> None:
    """Resolve packages into a lock."""
    within = [] if name in ("test", "sdk3", *ALONE) else ["--constraint", "test.lock"]
    _uv("pip", "compile", *OPTIONS, *within, "--output-file", f"{name}.lock", "-", given="\n".join(packages))


def check(name: str) -> None:
    """Resolve a lock on every platform, without installing it."""
    words = ["--dry-run", "--quiet", "--require-hashes", "--only-binary=:all:", "--requirement", f"{name}.lock"]
    words += [f"--no-binary={source}" for source in SOURCES]
    with TemporaryDirectory() as folder:
        for platform in PLATFORMS.values():
            for python in find_pythons(name):
                where = [f"--python-platform={platform}", f"--python-version={python}", f"--target={folder}"]
                _uv("pip", "install", *words, *where)


def find_pythons(name: str) -> tuple[str, ...]:
    """The versions of Python that a lock has to hold for."""
    return (*PYTHONS, *MORE_PYTHONS.get(name, ()))


def _uv(*words: str, given: str | None = None) -> None:
    done = subprocess.run(
        [str(find_uv(Path(sys.executable))), *words],
        input=given,
        text=True,
        check=False,
        cwd=HERE,
        env={**os.environ, **MACOS},
    )
    if done.returncode:
        sys.exit(f"`uv {' '.join(words)}` found no versions that fit; the lines above say why.")


if __name__ == "__main__":
    lists = read_lists()
    chosen = sys.argv[1:] or list(lists)
    for each in chosen:
        lock(each, lists[each])
        check(each)
        sys.stdout.write(f"{each}.lock fits {', '.join(PLATFORMS)} with Python {' and '.join(find_pythons(each))}.\n")

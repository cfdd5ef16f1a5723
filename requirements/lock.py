"""Writes the locks: test.lock first, then the others within the versions of the first.

A version has the hashes of all its files that the index publishes, so that other platforms install it too. Extras stay
in the names: pip 23.2, which Python 3.11 brings, takes `uvicorn[standard]` for a package without a version otherwise.
"""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

OPTIONS = [
    "--quiet",
    "--no-strip-extras",
    "--allow-unsafe",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--generate-hashes",
]
# In environments of their own, see the Makefile and the workflow audit.yml.
ALONE = {
    "checkov": "checkov==3.3.30",
    "sbom": "cyclonedx-python-lib[json-validation]==11.12.0",
    "audit": "pip-audit==2.10.1",
    "packaging": "twine==7.0.0\ncheck-wheel-contents==0.6.3\nsetuptools==80.10.2\nwheel==0.48.0",
}


def read_lists() -> dict[str, str]:
    """The lists of setup.py by their names: an installation of the project itself has one of them alone."""
    with patch("setuptools.setup"):
        found = runpy.run_path("../setup.py")
    return {name: "\n".join(found[name.upper()]) for name in ("container", "build", "laptop")} | {
        "test": "\n".join([*found["LAPTOP"], *found["TEST"]])
    }


def lock(name: str, *words: str, given: str | None = None) -> None:
    """Resolve what the words name into a lock."""
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, "--output-file", f"{name}.lock", *words]
    subprocess.run(command, input=given, text=True, check=True)


def versions(name: str) -> str:
    """A lock as constraints, which take neither extras nor hashes."""
    pins = re.findall(r"^([^\s\[]+)(?:\[.*\])?(==\S+)", Path(f"{name}.lock").read_text(encoding="utf-8"), re.MULTILINE)
    return "".join(f"{package}{version}\n" for package, version in pins)


if __name__ == "__main__":
    lists = read_lists()
    lock("test", "-", given=lists.pop("test"))
    with TemporaryDirectory() as folder:
        kept = Path(folder, "versions.txt")
        kept.write_text(versions("test"), encoding="utf-8")
        for name, packages in lists.items():
            lock(name, "--constraint", str(kept), "-", given=packages)
    for name, package in ALONE.items():
        lock(name, "-", given=package)

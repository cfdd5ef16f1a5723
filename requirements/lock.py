"""Writes the locks: test.lock first, then the others within the versions of the first.

What is installed on AWS, or in its image, is held to hashes too.
"""

import subprocess
import sys

OPTIONS = [
    "--quiet",
    "--strip-extras",
    "--allow-unsafe",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
]


def lock(extra: str, *more: str) -> None:
    """Resolve one extra of setup.py into its lock."""
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, "--extra", extra, *more]
    subprocess.run([*command, "--output-file", f"{extra}.lock", "../setup.py"], check=True)


if __name__ == "__main__":
    lock("test")
    lock("laptop", "--constraint", "test.lock")
    for extra in ("build", "container"):
        lock(extra, "--constraint", "test.lock", "--generate-hashes")

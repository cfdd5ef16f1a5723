"""The hook of a bare repository: a script of two lines that calls this Python. It is written anew at each start."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from localaws.environment import PACKAGES
from localaws.settings import Settings


def write(settings: Settings, folder: Path, repository: Path) -> None:
    """Write the post-receive hook into a folder that is, or will be, the repository.

    It names the port and the Python of the local AWS that runs now.
    """
    words = [sys.executable, "-m", "localaws.push", str(settings.port), str(settings.home), settings.region]
    words.append(str(repository))
    # git runs hooks in the bare repository, so the way to this package has to be named.
    lines = [
        "#!/bin/sh",
        "# Written by the local AWS: reports what is pushed, and shows what that starts.",
        f"PYTHONPATH={shlex.quote(PACKAGES)} exec {shlex.join(words)}",
    ]
    path = folder / "hooks" / "post-receive"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o755)

"""Interpreters: the product's own, or one that the user names, and where each keeps its packages and scripts."""

from __future__ import annotations

import json
import platform
import shutil
import site
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from localaws.failures import ClientFailure
from localaws.images.advice import COMMAND

_SECONDS = 30
# What an interpreter is asked.
_QUESTION = """
import json, platform, site, sys, sysconfig
user = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
print(json.dumps({
    "prefix": sys.base_prefix,
    "executable": getattr(sys, "_base_executable", None) or sys.executable,
    "version": platform.python_version(),
    "sites": [*user, *site.getsitepackages(), *(name for name in sys.path if name.endswith("-packages"))],
    "scripts": sysconfig.get_path("scripts"),
    "platform": sysconfig.get_platform(),
}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python: where it is installed, its executable there, version, platform, folders of packages, and of scripts."""

    prefix: Path
    executable: Path
    version: str
    platform: str
    sites: tuple[Path, ...]
    scripts: Path

    @property
    def minor(self) -> str:
        """Its version as folders name it, such as 3.11."""
        return ".".join(self.version.split(".")[:2])

    @property
    def packages(self) -> Path:
        """Where an environment of it has its packages, relative to the environment."""
        return Path("lib", f"python{self.minor}", "site-packages")


@lru_cache(maxsize=1)
def get_own() -> Interpreter:
    """The interpreter that the product runs with, and its packages."""
    sites = [Path(name) for name in dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])]
    if sys.prefix == sys.base_prefix or _shows_system():
        sites += [Path(name) for name in site.getsitepackages() if Path(name) not in sites]
    # Those of another environment, which a .pth file of this one names.
    person = Path(site.getusersitepackages())
    borrowed = [Path(name) for name in sys.path if name.endswith("-packages") and Path(name) != person]
    sites += [path for path in borrowed if path not in sites]
    return Interpreter(
        Path(sys.base_prefix),
        Path(getattr(sys, "_base_executable", sys.executable)),
        platform.python_version(),
        sysconfig.get_platform(),
        tuple(sites),
        Path(sysconfig.get_path("scripts")),
    )


def _shows_system() -> bool:
    configuration = Path(sys.prefix, "pyvenv.cfg")
    text = configuration.read_text(encoding="utf-8") if configuration.is_file() else ""
    return "include-system-site-packages = true" in text


def get_interpreter(python: Path | None) -> Interpreter:
    """The named interpreter, or the product's; raises ClientFailure where it is none that can be asked."""
    if python is None:
        return get_own()
    found = shutil.which(python)
    if found is None:
        raise ClientFailure(f"The interpreter {python} is not there; name another with `{COMMAND} set`.")
    return _ask(found, Path(found).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _ask(executable: str, _changed: int) -> Interpreter:
    try:
        said = subprocess.run([executable, "-c", _QUESTION], capture_output=True, timeout=_SECONDS, check=True)
        told = json.loads(said.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise ClientFailure(f"{executable} does not answer as a Python does ({error}); name another.") from error
    if tuple(map(int, told["version"].split(".")[:2])) < (3, 8):
        raise ClientFailure(f"{executable} is Python {told['version']}; environments need 3.8 or later.")
    sites = tuple(Path(name) for name in dict.fromkeys(told["sites"]) if Path(name).is_dir())
    return Interpreter(
        Path(told["prefix"]),
        Path(told["executable"]),
        told["version"],
        told["platform"],
        sites,
        Path(told["scripts"]),
    )

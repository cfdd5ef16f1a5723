"""What a program in its own mount namespace sees, as steps for the launcher.

The system's folders read-only, but of /etc only what everybody may read; an interpreter with its packages and what else
a program needs, wherever it lies; /proc, /sys and a /dev of harmless devices; its own /opt/ml, /tmp and home. The root
itself is memory of its own, in which a program may make folders as in a container. Everything else is not there: homes,
the local AWS's state, other jobs, /run with the sockets of this machine's services, /var, /mnt.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from localaws.environment import PACKAGES
from localaws.isolation.interpreter import find_folders, find_user_packages
from localaws.isolation.kinds import Isolation

HOME = "/root"
"""The home of root, as whom SageMaker's containers run."""
TEMPORARY = "/tmp"  # noqa: S108 - the program's own
_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "sys", "nix", "gnu")
_SYSTEM_PARTS = {(name,) for name in _SYSTEM}
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_ACCELERATORS = ("nvidia*", "dri", "kfd", "dxg", "neuron*")
_STREAMS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_EMPTY = ("/run", "/opt", "/var/lib", "/var/log", "/home", "/mnt", "/dev")
_LINKED = {"/var/run": "/run", "/var/tmp": TEMPORARY}  # noqa: S108 - the program's own
# What these link to is on some systems in folders that are out of sight.
_LINKING = (
    *("/etc/resolv.conf", "/etc/hosts", "/etc/localtime", "/etc/ssl/certs", "/etc/ssl/cert.pem"),
    *("/etc/pki/tls/certs/ca-bundle.crt", "/usr/local"),
)
_OF_NIXOS = ("/run/current-system", "/run/opengl-driver")


@dataclass(frozen=True)
class View:
    """What differs from program to program.

    `writable` and `fixed` are folders and files of this machine by where the program finds them, and may be written or
    not; `readable` are those that it finds where they are; `hidden` stays out of sight, though it lies in one that is
    readable; `memory` are folders that forget, with a tmpfs' options such as size=512m; `directory` is where the
    program begins. The root of a `sealed` view cannot be written.
    """

    writable: Mapping[str, Path] = field(default_factory=dict)
    readable: Sequence[Path] = ()
    hidden: Sequence[Path] = ()
    directory: str = "/"
    fixed: Mapping[str, Path] = field(default_factory=dict)
    memory: Mapping[str, str] = field(default_factory=dict)
    sealed: bool = False


def build_common_steps(isolation: Isolation) -> list[str]:
    """What every program finds, as the launcher's steps: they are taken before it is known which program it is."""
    steps = ["pids"] if isolation.processes else []
    steps += [*_system(), *_devices(), *(("proc",) if isolation.processes else ("read-only", "/proc", "/proc"))]
    for folder in _EMPTY:
        steps += ["folder", folder, "755"]
    for name, target in _LINKED.items():
        steps += ["link", target, name]
    return steps


def build_steps(view: View) -> list[str]:
    """The view as the launcher's steps, which follow on the common ones."""
    steps = list(_linking())
    placed: list[tuple[str, ...]] = [("read-only", str(source), target) for source, target in _readable(view)]
    placed += [("hide", target) for target in _hidden(view, [target for _, _, target in placed])]
    placed += [("writable", str(source), target) for target, source in view.writable.items()]
    placed += [("read-only", str(source), target) for target, source in view.fixed.items()]
    for target, options in view.memory.items():
        steps += ["memory", target, options]
    # What lies within another comes after it.
    for words in sorted(placed, key=lambda words: words[-1].count("/")):
        steps += words
    return [*steps, *(("seal",) if view.sealed else ()), "in", view.directory]


def list_programs_folders(python: Path) -> list[Path]:
    """What a program of this interpreter needs beside the system: the interpreter's folders, and our packages."""
    folders = [*find_folders(python), *find_user_packages(python)]
    others = [package for package in _list_packages() if not any(map(package.is_relative_to, folders))]
    return [*folders, *others]


@lru_cache(maxsize=1)
def _list_packages() -> tuple[Path, ...]:
    return tuple(sorted(file.parent for file in Path(PACKAGES).glob("*/__init__.py")))


def is_system(path: Path) -> bool:
    """Whether a path is in the system's folders, which every program sees."""
    return path.parts[1:2] in _SYSTEM_PARTS


def _readable(view: View) -> Iterator[tuple[Path, str]]:
    """What is bound where, each once: at its real path, and at the one by which it is named."""
    seen: set[str] = set()
    for path in dict.fromkeys(view.readable):
        # What is not there may be so later, and is not kept.
        for source, target in _place(path, tuple(view.hidden)) if os.path.exists(path) else ():  # noqa: PTH110
            if target not in seen:
                seen.add(target)
                yield source, target


@lru_cache(maxsize=256)
def _place(path: Path, hidden: tuple[Path, ...]) -> tuple[tuple[Path, str], ...]:
    """What of a path is bound where; nothing of one that is not there, or that every program sees."""
    real = path.resolve()
    return tuple(
        (source, target)
        for source in _without_homes(real, hidden)
        for target in (str(source), str(path / source.relative_to(real)))
        if not is_system(Path(target)) and source.exists()
    )


def _without_homes(path: Path, hidden: Iterable[Path]) -> list[Path]:
    """The path, or of one that holds a person's whole home, or their data, what an interpreter's prefix has."""
    homes = (Path.home().resolve() / ".local", Path("/home"), Path("/root"))
    if not any(home.is_relative_to(path) for home in homes):
        return [path]
    parts = [path / name for name in ("bin", "include", "lib", "lib64")]
    return [part for part in parts if not any(part.resolve().is_relative_to(each) for each in hidden)]


def _hidden(view: View, placed: Sequence[str]) -> Iterator[str]:
    for path in view.hidden:
        real = str(path.resolve())
        if any(f"{real}/".startswith(f"{target}/") for target in placed) and os.path.exists(real):  # noqa: PTH110
            yield real


@lru_cache(maxsize=1)
def _system() -> tuple[str, ...]:
    steps: list[str] = []
    for name in _SYSTEM:
        folder = Path("/", name)
        if folder.is_symlink():
            steps += ["link", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            steps += ["read-only", str(folder), str(folder)]
    for name in _OF_NIXOS:
        if Path(name).is_symlink():
            steps += ["link", str(Path(name).readlink()), name]
    for path in _closed(Path("/etc")):
        steps += ["hide", path]
    return tuple(steps)


def _linking() -> Iterator[str]:
    """Files that may be replaced while the machine runs, as a resolver's are when it joins another network."""
    for name in _LINKING:
        real = os.path.realpath(name)
        if not is_system(Path(real)) and os.path.exists(real):  # noqa: PTH110 - each start waits for these
            yield from ("read-only", real, real)


def _closed(folder: Path) -> Iterator[str]:
    """What not everybody may read; for all but root the kernel sees to it."""
    if os.geteuid() != 0:
        return
    for entry in os.scandir(folder):
        if entry.is_symlink():
            continue
        needed = stat.S_IROTH | stat.S_IXOTH if entry.is_dir() else stat.S_IROTH
        if entry.stat().st_mode & needed != needed:
            yield entry.path
        elif entry.is_dir():
            yield from _closed(Path(entry.path))


@lru_cache(maxsize=1)
def _devices() -> tuple[str, ...]:
    steps = ["folder", "/dev", "755"]
    found = [Path("/dev", name) for name in _DEVICES]
    for pattern in _ACCELERATORS:
        found += sorted(Path("/dev").glob(pattern))
    for device in found:
        if device.exists():
            steps += ["writable", str(device), str(device)]
    for name, target in _STREAMS.items():
        steps += ["link", target, f"/dev/{name}"]
    return (*steps, "memory", "/dev/shm", "mode=1777", "terminals")  # noqa: S108 - the program's own

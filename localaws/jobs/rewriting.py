"""Where there are no namespaces: paths in what was staged for a program, and a look at this machine's own /opt/ml."""

from __future__ import annotations

import io
import os
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from common.archives import BadArchive, Limits, Member, read_tar
from localaws.failures import ClientFailure
from localaws.isolation.kinds import Isolation
from localaws.jobs import opt_ml

_ARCHIVES = (".tar.gz", ".tgz")
# Source code is small; larger archives are data.
_LARGEST_ARCHIVE = 64 << 20
_LIMITS = Limits(members=20_000, file_bytes=512 << 20, total_bytes=512 << 20)
_CONFIGURATION = ("config", "input/config")
_MOST_FILES = 20_000
_NAMED = 3

Tree = dict[str, tuple[int, int, int]]


def rewrite_files(root: Path) -> None:
    """Replace paths below /opt/ml in scripts, in those of archives, and in a program's configuration."""
    opt_ml.rewrite_scripts(root, root)
    for folder in _CONFIGURATION:
        for file in (root / folder).glob("*.json"):
            file.write_bytes(opt_ml.rewrite_bytes(file.read_bytes(), root))
    for archive in root.rglob("*"):
        if archive.name.endswith(_ARCHIVES) and archive.is_file() and archive.stat().st_size <= _LARGEST_ARCHIVE:
            # What is no archive of plain files, or not whole, is for the program to find out.
            with suppress(BadArchive):
                _rewrite_archive(archive, root)


def _rewrite_archive(archive: Path, root: Path) -> None:
    changed = archive.with_name(f".{archive.name}.rewritten")
    any_changed = False
    try:
        with archive.open("rb") as given, tarfile.open(changed, "w:gz", compresslevel=1) as written:
            for member in read_tar(given, _LIMITS):
                content, size = member.content, member.size
                if opt_ml.is_script(member.name) and not member.is_directory:
                    source = b"".join(member.blocks())
                    text = opt_ml.rewrite_bytes(source, root)
                    any_changed |= text != source
                    content, size = io.BytesIO(text), len(text)
                written.addfile(_describe(member, size), None if member.is_directory else cast(IO[bytes], content))
        if any_changed:
            changed.replace(archive)
    finally:
        changed.unlink(missing_ok=True)


def _describe(member: Member, size: int) -> tarfile.TarInfo:
    described = tarfile.TarInfo(member.name)
    described.type = tarfile.DIRTYPE if member.is_directory else tarfile.REGTYPE
    described.size = 0 if member.is_directory else size
    described.mode = 0o755 if member.is_directory or member.is_executable else 0o644
    return described


def look() -> Tree:
    """What lies in this machine's own /opt/ml: each name with its size and times, where there is one."""
    found: Tree = {}
    for folder, folders, files in os.walk(opt_ml.OPT_ML):
        for name in (*folders, *files, "."):
            with suppress(OSError):
                status = os.lstat(os.path.join(folder, name))  # noqa: PTH118 - of many thousands
                found[os.path.normpath(os.path.join(folder, name))] = (  # noqa: PTH118
                    status.st_size,
                    status.st_mtime_ns,
                    status.st_ctime_ns,
                )
        if len(found) > _MOST_FILES:
            break
    return found


def check_untouched(before: Tree, isolation: Isolation) -> None:
    """Raise ClientFailure where this machine's own /opt/ml is not as it was before a job ran."""
    after = look()
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if changed:
        shown = ", ".join(changed[-_NAMED:])
        raise ClientFailure(
            f"The job, or another that ran beside it, changed this machine's own {opt_ml.OPT_ML} ({shown}), which no "
            f"job has here, as {isolation.reason}; let the program take its folders from its arguments, from SM_* "
            "variables or from OPT_ML, and remove what it wrote."
        )

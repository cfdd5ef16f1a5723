"""Unpacks each layer once for all functions that have it, and compiles its Python.

MiniStack unpacks all layers of a function anew for each of its processes, where nothing keeps what Python compiles:
with this project's layer that is half of a cold start. Layers lie unpacked in the user's cache, as several
installations have the same. In namespaces a function is shown that folder, which it cannot write; elsewhere it is given
a copy of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from ministack.core import lambda_runtime

from common.archives import BadArchive, Limits, read_zip, unpack
from localaws.aws import Aws
from localaws.images.environments.making import make_once
from localaws.ministack.patching import Patch
from localaws.platforms import find_cache
from localaws.settings import SettingsError

_LAYER = "layer_"
# A function and its layers: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LIMITS = Limits(members=100_000, file_bytes=250 << 20, total_bytes=250 << 20, ratio=1000)
_UNUSED_SECONDS = 30 * 24 * 3600
_COMPILING_SECONDS = 60


def patch(aws: Aws) -> Patch:
    """Let layers come from the cache."""
    shared = aws.settings.isolation.namespaces

    def replace_module(module: ModuleType) -> Archives:
        return Archives(module, shared=shared)

    return Patch(replaces={lambda_runtime: {"zipfile": replace_module}})


class Archives:
    """MiniStack's `zipfile`, whose ZipFile takes layers from the cache; `shared` where functions cannot write there."""

    def __init__(self, module: ModuleType, *, shared: bool) -> None:
        self._module = module
        self._shared = shared

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(self._module, name)

    def ZipFile(self, file: str) -> Any:  # noqa: ANN401 - the module's own, or what stands for it
        """Open an archive, of which a layer's lies beside the folder that it is unpacked to."""
        path = Path(file)
        return _Layer(path, shared=self._shared) if path.name.startswith(_LAYER) else self._module.ZipFile(file)


class _Layer:
    """What MiniStack asks of a layer's archive: to be opened and unpacked. The reader checks names as it unpacks."""

    def __init__(self, file: Path, *, shared: bool) -> None:
        self._file = file
        self._shared = shared

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the archive, which is open only while it is unpacked."""

    def namelist(self) -> tuple[str, ...]:
        """No names: those that lead out of the folder are refused when the layer is unpacked."""
        return ()

    def extractall(self, path: str) -> None:
        """Put what the layer holds into an empty folder, or in its place; raises BadZipFile for what it cannot hold."""
        target = Path(path)
        try:
            kept = self._keep()
            os.utime(kept)
        except (OSError, SettingsError):  # no folder of the user's own can be written
            self._unpack(target)
            return
        target.rmdir()
        if self._shared:
            target.symlink_to(kept, target_is_directory=True)
        else:
            shutil.copytree(kept, target, symlinks=True)

    def _keep(self) -> Path:
        """The folder in the cache, which is made where it is missing."""
        digest = hashlib.sha256(sys.version.encode())
        digest.update(self._file.read_bytes())
        folder = find_cache() / "functions" / digest.hexdigest()[:24]
        if not folder.is_dir():
            _remove_unused(folder.parent)
            make_once(folder, self._write, lambda _: None, lambda: False)
        return folder

    def _write(self, folder: Path) -> None:
        self._unpack(folder)
        # A process of its own: what a layer's source does to a compiler is not this one's. What cannot be compiled
        # fails where it is imported.
        compiling = [sys.executable, "-I", "-m", "compileall", "-qq", str(folder)]
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(compiling, capture_output=True, check=False, timeout=_COMPILING_SECONDS)

    def _unpack(self, folder: Path) -> None:
        try:
            with self._file.open("rb") as file:
                unpack(read_zip(file, _LIMITS), folder)
        except BadArchive as error:
            raise zipfile.BadZipFile(f"The layer cannot be unpacked: {error}.") from None


def _remove_unused(cache: Path) -> None:
    """Remove what no function was started with for a month."""
    oldest = time.time() - _UNUSED_SECONDS
    for folder in cache.glob("*"):
        with suppress(OSError):
            if folder.is_dir() and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)

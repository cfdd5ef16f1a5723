"""A training job's checkpoints: from CheckpointConfig.S3Uri before it starts, and there as they come while it runs.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html: the local folder begins with what the address
has; files that are written to it are copied there until the job ends, however it does. What a job deletes stays. The
instances of a job share the address.
"""

from __future__ import annotations

import logging
import os
import shutil
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from localaws.failures import ClientFailure
from localaws.jobs import opt_ml, staging
from localaws.jobs.supervise import Instance
from localaws.ministack.objects import Objects
from localaws.shapes import Document

logger = logging.getLogger(__name__)

DEFAULT_PATH = "/opt/ml/checkpoints"
_SECONDS = 1.0  # between two looks at the folders
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe must not be waited for
_Key = tuple[str, str]
_State = tuple[int, int]


class Checkpoints:
    """The folders of a job's instances, and their address. Use it as a context while the job runs."""

    def __init__(self, objects: Objects, config: Document, members: Sequence[Instance]) -> None:
        self._objects = objects
        self._uri: str = config["S3Uri"].rstrip("/")
        self._members = members
        path = PurePosixPath(config.get("LocalPath") or DEFAULT_PATH)
        try:
            self._folders = [opt_ml.inside(member.root, str(path)) for member in members]
        except ValueError as error:
            raise ClientFailure(
                f"CheckpointConfig.LocalPath is {str(path)!r}; give a folder below {opt_ml.OPT_ML}, as {DEFAULT_PATH}."
            ) from error
        self._stored: dict[_Key, _State] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def download(self) -> None:
        """Bring what the address has into every folder."""
        for folder in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            staging.download_all(self._objects, f"{self._uri}/", folder)
        self._stored = {key: _state(file) for key, file in self._open_files()}

    def __enter__(self) -> Checkpoints:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for key, file in self._open_files():
            self._upload(key, file)

    def _follow(self) -> None:
        before: dict[_Key, _State] = {}
        while not self._ended.wait(_SECONDS):
            now: dict[_Key, _State] = {}
            for key, file in self._open_files():
                now[key] = _state(file)
                # A file that has changed since the last look may still be written.
                if before.get(key) == now[key]:
                    self._try_to_upload(key, file)
            before = now

    def _try_to_upload(self, key: _Key, file: BinaryIO) -> None:
        try:
            self._upload(key, file)
        except ClientFailure as error:
            # The upload at the job's end fails the job where it still cannot be done.
            logger.warning("Checkpoints wait: %s", error)

    def _upload(self, key: _Key, file: BinaryIO) -> None:
        state = _state(file)
        if self._stored.get(key) == state:
            return
        # Of a copy: the program may put something else at the file's name.
        with NamedTemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.flush()
            staging.upload_file(self._objects, Path(copy.name), f"{self._uri}/{key[1]}")
        self._stored[key] = state

    def _open_files(self) -> Iterator[tuple[_Key, BinaryIO]]:
        """Every regular file of every folder, opened for as long as the caller looks at it."""
        for member, folder in zip(self._members, self._folders, strict=True):
            for name, file in _open_below(member.root, folder):
                yield (member.host, name), file


def _open_below(root: Path, folder: Path) -> Iterator[tuple[str, BinaryIO]]:
    """The regular files below a folder of a job's root, by their names in it; no link leads out, also no new one."""
    with ExitStack() as opened:
        try:
            top = _open_folder(root, folder.relative_to(root.resolve()).parts, opened)
        except OSError:
            return  # the program has put something else at one of its parts
        for place, _, names, descriptor in os.fwalk(".", dir_fd=top):
            for name in sorted(names):
                file = _find_file(name, descriptor)
                if file:
                    with file:
                        yield PurePosixPath(place, name).as_posix(), file


def _open_folder(root: Path, parts: Sequence[str], opened: ExitStack) -> int:
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    opened.callback(os.close, descriptor)
    for part in parts:
        descriptor = os.open(part, _FOLDER, dir_fd=descriptor)
        opened.callback(os.close, descriptor)
    return descriptor


def _find_file(name: str, folder: int) -> BinaryIO | None:
    """A regular file of an open folder; None for a link, a pipe, or what has been removed."""
    try:
        file = os.fdopen(os.open(name, _FILE, dir_fd=folder), "rb")
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    return None


def _state(file: BinaryIO) -> _State:
    """What changes when a file does: its size, and when it was written last."""
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns

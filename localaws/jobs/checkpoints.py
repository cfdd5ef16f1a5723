"""A training job's checkpoints: from CheckpointConfig.S3Uri before it starts, and there as they come while it runs.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html: the local folder is empty or holds what the
address has; files that are written to it are copied there until the job ends, however it does. What a job deletes
stays. The instances of a job share the address.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from localaws.failures import ClientFailure
from localaws.jobs import opt_ml, staging
from localaws.jobs.supervise import Instance
from localaws.ministack.objects import Objects
from localaws.shapes import Document

logger = logging.getLogger(__name__)

DEFAULT_PATH = "/opt/ml/checkpoints"
_SECONDS = 1.0  # between two looks at the folders
_State = tuple[int, int]


class Checkpoints:
    """The folders of a job's instances, and their address. Use it as a context while the job runs."""

    def __init__(self, objects: Objects, config: Document, members: Sequence[Instance]) -> None:
        self._objects = objects
        self._uri: str = config["S3Uri"].rstrip("/")
        path = PurePosixPath(config.get("LocalPath") or DEFAULT_PATH)
        try:
            self._folders = [opt_ml.inside(member.root, str(path)) for member in members]
        except ValueError as error:
            raise ClientFailure(
                f"CheckpointConfig.LocalPath is {str(path)!r}; give a folder below {opt_ml.OPT_ML}, as {DEFAULT_PATH}."
            ) from error
        self._stored: dict[Path, _State] = {}
        self._seen: dict[Path, _State] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def download(self) -> None:
        """Bring what the address has into every folder."""
        for folder in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            staging.download_all(self._objects, f"{self._uri}/", folder)
        self._stored = self._look()

    def __enter__(self) -> Checkpoints:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._upload(self._look())

    def _follow(self) -> None:
        while not self._ended.wait(_SECONDS):
            now = self._look()
            # A file that has changed since the last look may still be written.
            whole = {file: state for file, state in now.items() if self._seen.get(file) == state}
            self._seen = now
            try:
                self._upload(whole)
            except ClientFailure as error:
                # The upload at the job's end fails the job where it still cannot be done.
                logger.warning("Checkpoints wait: %s", error)

    def _upload(self, states: Mapping[Path, _State]) -> None:
        for file, state in states.items():
            if self._stored.get(file) != state:
                folder = next(folder for folder in self._folders if file.is_relative_to(folder))
                name = file.relative_to(folder).as_posix()
                if staging.upload_file(self._objects, file, f"{self._uri}/{name}"):
                    self._stored[file] = state

    def _look(self) -> dict[Path, _State]:
        """Size and time of change of each file."""
        found: dict[Path, _State] = {}
        for folder in self._folders:
            for file in sorted(folder.rglob("*")):
                try:
                    status = file.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue  # the program has removed it meanwhile
                if file.is_file() and not file.is_symlink():
                    found[file] = (status.st_size, status.st_mtime_ns)
        return found

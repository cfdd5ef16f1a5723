"""A pretraining under way, on disk: the stand-in's /opt/ml, and what it needs to resume after a `kill -9`.

`request.json` is written last, when the images are ready; where it is another request's or missing, all is rebuilt.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from console.errors import CommandError
from console.output import Progress, silent
from console.pretraining.request import Request
from console.pretraining.selection import select
from console.pretraining.shelf import write_json

RECORDS = "application/x-recordio"
# An algorithm whose starter was killed ends at its next line, a few seconds later.
PATIENCE_SECONDS = 60.0


class Workbench:
    """The folder of one net's pretraining."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "opt-ml"

    @property
    def log(self) -> Path:
        """What the algorithm has said, of all attempts."""
        return self.folder / "log.txt"

    @property
    def failure(self) -> Path:
        return self.root / "output" / "failure"

    def prepare(self, request: Request, archive: Path, progress: Progress = silent) -> dict[str, int]:
        """Lay the images and the job's files down unless they are there; return the number of images."""
        if not self._holds(request):
            shutil.rmtree(self.folder, ignore_errors=True)
            images = select(archive, self.root / "input" / "data", progress)
            self._configure(request, images)
            (self.root / "checkpoints").mkdir()
            write_json(self.folder / "request.json", {**request.document(), "pictures": images})
        self._sweep()
        counted: dict[str, int] = self._read("request.json")["pictures"]
        return counted

    def state(self) -> Mapping[str, Any]:
        """How far the algorithm's checkpoint has come: epochs_done, best_epoch, best_accuracy."""
        return self._read("opt-ml/checkpoints/training-state.json") or {"epochs_done": 0}

    def seconds(self) -> float:
        """Seconds that finished epochs took, over all attempts."""
        return float(self._read("seconds.json").get("seconds", 0.0))

    def add_seconds(self, seconds: float) -> None:
        write_json(self.folder / "seconds.json", {"seconds": round(self.seconds() + seconds, 3)})

    def remove(self) -> None:
        (self.folder / "request.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _holds(self, request: Request) -> bool:
        kept = self._read("request.json")
        return bool(kept) and {name: kept.get(name) for name in request.document()} == request.document()

    def _sweep(self) -> None:
        """Take away what a killed attempt wrote after its last checkpoint: the checkpoint has the best epoch too."""
        shutil.rmtree(self.root / "model", ignore_errors=True)
        (self.root / "model").mkdir()
        (self.root / "output").mkdir(exist_ok=True)
        self.failure.unlink(missing_ok=True)

    def _configure(self, request: Request, images: Mapping[str, int]) -> None:
        values = {**request.hyperparameters, "num_training_samples": images["train"]}
        channels = {name: {"TrainingInputMode": "File", "ContentType": RECORDS} for name in images}
        config = self.root / "input" / "config"
        config.mkdir(parents=True)
        write_json(config / "hyperparameters.json", {name: str(value) for name, value in values.items()})
        write_json(config / "inputdataconfig.json", channels)
        write_json(config / "resourceconfig.json", {"current_host": "algo-1", "hosts": ["algo-1"]})

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found


@contextmanager
def locked(path: Path, patience: float = PATIENCE_SECONDS) -> Iterator[int]:
    """Hold the lock and yield its file descriptor. Raises CommandError where another keeps it all the time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        deadline = time.monotonic() + patience
        while not _take(file.fileno()):
            if time.monotonic() > deadline:
                raise CommandError(f"Another `scones pretrain` of this net holds {path}; wait for its end.")
            time.sleep(0.1)
        yield file.fileno()


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

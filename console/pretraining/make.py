"""From a request and an archive to kept weights, resumable at every point."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from console.dataset.layout import FINE_NAMES
from console.output import Bar
from console.pretraining import algorithm, shelf
from console.pretraining.request import Request
from console.pretraining.selection import LEFT_OUT, NAMES
from console.pretraining.workbench import Workbench, locked
from pipelines.weights import net_of

Say = Callable[[str], None]


def make(request: Request, archive: Path, shelves: Path, say: Say) -> shelf.Weights:
    """Make the weights unless those that are kept were made by an equal request; `shelves` holds a folder a net."""
    folder = shelves / request.net
    with locked(shelves / f"{request.net}.lock") as descriptor:
        kept = shelf.find(folder)
        if kept and kept.note.get("request") == request.document():
            return kept
        bench = Workbench(shelves / f"{request.net}.unfinished")
        with Bar("Choose images of the other classes") as bar:
            images = bench.prepare(request, archive, bar.update)
        say(f"{images['train']:,} images of {len(NAMES)} classes to learn, {images['validation']:,} held out.")
        _train(request, bench, images, descriptor, say)
        made = bench.folder / "artifact"
        layers, _ = net_of(request.hyperparameters)
        algorithm.put_head(bench.root / "model", made, layers, request.seed)
        weights = shelf.keep(made, folder, _note(request, archive, bench, images))
        bench.remove()
        return weights


def _train(request: Request, bench: Workbench, images: dict[str, int], descriptor: int, say: Say) -> None:
    batches = max(1, images["train"] // int(request.hyperparameters.get("mini_batch_size", 32)))
    done = int(bench.state()["epochs_done"])
    if done:
        say(f"Going on after epoch {done} of {request.epochs}.")
    with Bar(f"Pretrain {request.net}") as bar:
        bar.update(done * batches, request.epochs * batches)

        def on_epoch(epoch: int, accuracy: float) -> None:
            bar.update(epoch * batches, request.epochs * batches)
            say(f"epoch {epoch} of {request.epochs}: accuracy {accuracy:.4f} on held-out images")

        algorithm.train(
            bench,
            request.seed,
            descriptor,
            lambda epoch, batch: bar.update(epoch * batches + batch, request.epochs * batches),
            on_epoch,
        )


def _note(request: Request, archive: Path, bench: Workbench, images: dict[str, int]) -> dict[str, Any]:
    """Describe what the weights were made of, for people and for whoever needs weights of a net."""
    layers, shape = net_of(request.hyperparameters)
    state = bench.state()
    return {
        "num_layers": layers,
        "image_shape": shape,
        "num_classes": 2,
        "learned_classes": list(NAMES),
        "left_out": [FINE_NAMES[fine] for fine in LEFT_OUT],
        "pictures": images,
        "archive": {"name": archive.name, "bytes": archive.stat().st_size, "sha256": request.archive_sha256},
        "seed": request.seed,
        "epochs": request.epochs,
        "best_epoch": state["best_epoch"],
        "held_out_accuracy": state["best_accuracy"],
        "seconds": bench.seconds(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "request": request.document(),
    }

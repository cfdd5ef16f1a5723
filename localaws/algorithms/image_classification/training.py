"""The training loop: epochs of batches, a validation after each, and log lines as AWS writes them."""

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from localaws.algorithms.image_classification.dataset import Dataset
from localaws.algorithms.image_classification.early_stopping import EarlyStopping
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.keeping import Keeper
from localaws.algorithms.image_classification.log import log
from localaws.algorithms.image_classification.losses import Floats, Loss, count_top_k
from localaws.algorithms.image_classification.network import Network
from localaws.algorithms.image_classification.prefetch import prefetch
from localaws.algorithms.image_classification.schedule import learning_rate

BATCHES_A_LINE = 20


@dataclass
class Tally:
    """Running counts of right answers."""

    seen: int = 0
    right: float = 0.0
    in_top_k: int = 0

    @property
    def accuracy(self) -> float:
        return self.right / max(self.seen, 1)


@dataclass
class Training:
    """One training job's parts. ``stop`` ends it after the batch that is under way."""

    settings: Hyperparameters
    network: Network
    loss: Loss
    train: Dataset
    validation: Dataset
    seed: int
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, keeper: Keeper) -> None:
        """Train the epochs that remain, and keep the best of them."""
        early = EarlyStopping(self.settings)
        for epoch in range(keeper.state.epochs_done, self.settings.epochs):
            self.train_epoch(epoch)
            if self.stop.is_set():
                log("Stopping on request; the best model so far is kept")
                break
            accuracy = self._validate(epoch)
            keeper.end_epoch(epoch + 1, accuracy)
            if early.should_stop(epoch + 1, accuracy):
                log(f"Early stopping after epoch {epoch}: validation accuracy has stopped getting better")
                break
        keeper.finish()
        log(f"Best epoch: {max(keeper.state.best_epoch - 1, 0)}, accuracy {keeper.state.best_accuracy:.6f}")

    def train_epoch(self, epoch: int) -> None:
        """Train on each image once. Its random numbers depend on seed and epoch alone, resumed or not."""
        rate = learning_rate(self.settings, epoch)
        rng = np.random.default_rng((self.seed, epoch))
        started = line_started = time.perf_counter()
        tally = Tally()
        for number, batch in enumerate(prefetch(self.train.training_batches(rng)), start=1):
            logits = self.network.forward(batch.images, training=True)
            self.network.update(self.loss.gradient(logits, batch.targets), rate)
            self._count(tally, logits, batch.targets)
            if number % BATCHES_A_LINE == 0:
                speed = BATCHES_A_LINE * self.settings.mini_batch_size / (time.perf_counter() - line_started)
                log(f"Epoch[{epoch}] Batch [{number}]\tSpeed: {speed:.2f} samples/sec\taccuracy={tally.accuracy:.6f}")
                line_started = time.perf_counter()
            if self.stop.is_set():
                return
        self._log_tally(epoch, "Train", tally)
        log(f"Epoch[{epoch}] Time cost={time.perf_counter() - started:.3f}")

    def _validate(self, epoch: int) -> float:
        tally = Tally()
        for batch in self.validation.validation_batches():
            logits = self.network.forward(batch.images, training=False)
            self._count(tally, logits[: len(batch.targets)], batch.targets)
        self._log_tally(epoch, "Validation", tally)
        return tally.accuracy

    def _count(self, tally: Tally, logits: Floats, targets: Floats) -> None:
        tally.seen += len(targets)
        tally.right += self.loss.correct(logits, targets)
        if self.settings.top_k is not None:
            tally.in_top_k += count_top_k(logits, targets, self.settings.top_k)

    def _log_tally(self, epoch: int, name: str, tally: Tally) -> None:
        log(f"Epoch[{epoch}] {name}-accuracy={tally.accuracy:.6f}")
        if self.settings.top_k is not None:
            share = tally.in_top_k / max(tally.seen, 1)
            log(f"Epoch[{epoch}] {name}-top_k_accuracy_{self.settings.top_k}={share:.6f}")

"""When training has stopped getting better, as AWS's ``early_stopping`` hyperparameters define it."""

from localaws.algorithms.image_classification.hyperparameters import Hyperparameters


class EarlyStopping:
    """Counts the epochs since validation accuracy last got better."""

    def __init__(self, settings: Hyperparameters) -> None:
        self._settings = settings
        self._best = 0.0
        self._epochs_without = 0

    def should_stop(self, epochs_done: int, accuracy: float) -> bool:
        """Take in an epoch's accuracy and tell whether training should end with it.

        An improvement counts when, divided by the best accuracy before it, it exceeds the tolerance.
        """
        needed = self._best * (1 + self._settings.early_stopping_tolerance)
        self._epochs_without = 0 if accuracy > needed else self._epochs_without + 1
        self._best = max(self._best, accuracy)
        return (
            self._settings.early_stopping
            and epochs_done >= self._settings.early_stopping_min_epochs
            and self._epochs_without >= self._settings.early_stopping_patience
        )

"""Learning rates over epochs, and early stopping."""

from localaws.algorithms.image_classification.early_stopping import EarlyStopping
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.schedule import learning_rate


def test_the_rate_falls_by_the_factor_at_each_step() -> None:
    settings = Hyperparameters(2, 100, learning_rate=0.4, lr_scheduler_step=(2, 3), lr_scheduler_factor=0.5)
    assert [learning_rate(settings, epoch) for epoch in range(5)] == [0.4, 0.4, 0.2, 0.1, 0.1]


def stop_epoch(accuracies: list[float], **settings: float) -> int | None:
    early = EarlyStopping(Hyperparameters(2, 100, early_stopping=True, **settings))  # type: ignore[arg-type]
    stops = (epoch for epoch, accuracy in enumerate(accuracies, 1) if early.should_stop(epoch, accuracy))
    return next(stops, None)


def test_training_stops_when_patience_is_over() -> None:
    accuracies = [0.5, 0.6, 0.6, 0.6, 0.7]
    assert stop_epoch(accuracies, early_stopping_min_epochs=1, early_stopping_patience=2) == 4
    assert stop_epoch(accuracies, early_stopping_min_epochs=1, early_stopping_patience=3) is None


def test_training_does_not_stop_before_the_least_number_of_epochs() -> None:
    assert stop_epoch([0.5] * 9, early_stopping_min_epochs=6, early_stopping_patience=2) == 6


def test_an_improvement_below_the_tolerance_is_none() -> None:
    slow = [0.5, 0.504, 0.508, 0.512]
    assert stop_epoch(slow, early_stopping_min_epochs=1, early_stopping_patience=2) is None
    settings = {"early_stopping_min_epochs": 1, "early_stopping_patience": 2, "early_stopping_tolerance": 0.05}
    assert stop_epoch(slow, **settings) == 3


def test_without_early_stopping_nothing_stops() -> None:
    early = EarlyStopping(Hyperparameters(2, 100, early_stopping_min_epochs=1, early_stopping_patience=1))
    assert not any(early.should_stop(epoch, 0.5) for epoch in range(1, 20))

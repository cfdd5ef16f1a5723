"""The profiles that the search compares; each is what differs from `compact`'s starting point."""

from collections.abc import Mapping

from pipelines.hyperparameters import Value

START: Mapping[str, Value] = {
    "image_shape": "3,28,28",
    "num_layers": 20,
    "augmentation_type": "crop_color",
    "mini_batch_size": 32,
    "learning_rate": 0.05,
    "lr_scheduler_step": "27,38",
    "lr_scheduler_factor": 0.1,
    "momentum": 0.9,
    "weight_decay": 0.0005,
    "epochs": 45,
    "optimizer": "sgd",
}
"""`compact` before the search: 45 epochs, divided by ten after 60 % and 85 % of them."""


def _strong(epochs: int, **changes: Value) -> dict[str, Value]:
    """All augmentation, for so many epochs, with the schedule's steps at the same shares of them."""
    steps = f"{epochs * 60 // 100},{epochs * 85 // 100}"
    kind = "crop_color_transform"
    return {**START, "augmentation_type": kind, "epochs": epochs, "lr_scheduler_step": steps, **changes}


def _short(**changes: Value) -> dict[str, Value]:
    """About a third of `compact`'s cost: 90 epochs of small batches, which make up for epochs with steps."""
    own: dict[str, Value] = {"mini_batch_size": 16, "learning_rate": 0.03}
    return _strong(90, **{**own, **changes})


_SMOOTH: Mapping[str, Value] = {"lr_scheduler_step": "32,45,54,62,68,74,79,84", "lr_scheduler_factor": 0.5}
"""The rate halved ever sooner over 90 epochs, for a decay like a cosine's, which the algorithm has not."""


def _wide(side: int, resize: int, epochs: int) -> dict[str, Value]:
    """The 18-layer net of the large family, on images scaled up to `resize` and cropped to `side` pixels."""
    return _strong(epochs, num_layers=18, image_shape=f"3,{side},{side}", resize=resize)


CANDIDATES: dict[str, Mapping[str, Value]] = {
    "start": START,
    "crop": {**START, "augmentation_type": "crop"},
    "weight-decay-1e-3": {**START, "weight_decay": 0.001},
    "weight-decay-2e-3": {**START, "weight_decay": 0.002},
    "crop-weight-decay-2e-3": {**START, "augmentation_type": "crop", "weight_decay": 0.002},
    "rate-0.1": {**START, "learning_rate": 0.1},
    "nag-rate-0.1-weight-decay-1e-3": {**START, "optimizer": "nag", "learning_rate": 0.1, "weight_decay": 0.001},
    "batch-16": {**START, "mini_batch_size": 16, "learning_rate": 0.03},
    "layers-32": {**START, "num_layers": 32},
    "strong-90": _strong(90),
    "strong-150": _strong(150),
    "strong-250": _strong(250),
    "strong-400": _strong(400),
    "strong-250-batch-16": _strong(250, mini_batch_size=16, learning_rate=0.03),
    "strong-150-rate-0.02": _strong(150, learning_rate=0.02),
    "strong-60-rate-0.02": _strong(60, learning_rate=0.02),
    "strong-90-batch-16": _short(),
    "nag-90-batch-16": _short(optimizer="nag"),
    "smooth-90-batch-16": _short(**_SMOOTH),
    "smooth-90-batch-16-rate-0.05": _short(learning_rate=0.05, **_SMOOTH),
    "smooth-nag-90-batch-16": _short(optimizer="nag", **_SMOOTH),
    "strong-90-batch-64-rate-0.1": _short(mini_batch_size=64, learning_rate=0.1),
    "strong-150-rate-0.1-weight-decay-1e-3": _strong(150, learning_rate=0.1, weight_decay=0.001),
    "wide-48": _wide(48, 54, 45),
    "wide-64": _wide(64, 72, 45),
}

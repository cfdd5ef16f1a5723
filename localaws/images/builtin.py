"""The built-in algorithms that have a stand-in, and what their images bring besides a program."""

from __future__ import annotations

STAND_INS = {"image-classification": ["python3", "-m", "localaws.algorithms.image_classification"]}
# What the built-in algorithm's own definitions find in its log lines; a job may not bring others.
BUILTIN_METRICS = [
    {"Name": f"{channel}:{metric}", "Regex": rf"{channel.capitalize()}-{metric}=([0-9.]+)"}
    for channel in ("train", "validation")
    for metric in ("accuracy", "cross-entropy")
]


def repository(image: str) -> str:
    """The repository's name in an image URI: `registry/name:tag` and `registry/name@digest` answer `name`."""
    name = image.rsplit("/", 1)[-1]
    return name.split("@")[0].split(":")[0]


def is_builtin(image: str) -> bool:
    """Whether the image is a built-in algorithm that a stand-in runs."""
    return repository(image) in STAND_INS

"""The job's channels, and the files in them that are data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localaws.algorithms.container import Container
from localaws.algorithms.errors import ClientError
from localaws.algorithms.xgboost.content_types import parse_content_type

NAMES = ("train", "validation")
_DEEPEST = 3


@dataclass(frozen=True)
class Channel:
    """One channel: its name and its files, in the order of their names."""

    name: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Channels:
    """A job's channels, all of the kind of table that the train channel has."""

    kind: str
    train: Channel
    validation: Channel | None


def read_channels(container: Container) -> Channels:
    """Read ``inputdataconfig.json`` and find the files of each channel; raises ClientError in the container's words."""
    configured = json.loads(container.input_data_config.read_text(encoding="utf-8"))
    if "train" not in configured:
        raise ClientError("Missing required channel: train")
    for name, config in configured.items():
        _check_channel(name, config)
    train = _find_channel(container, "train")
    if not train.files:
        raise ClientError(f"No data in training channel path {container.data / 'train'}")
    validation = _find_channel(container, "validation") if "validation" in configured else None
    if validation and not validation.files:
        raise ClientError(f"No data in validation channel path {container.data / 'validation'}")
    return Channels(parse_content_type(configured["train"].get("ContentType")), train, validation)


def _check_channel(name: str, config: Mapping[str, str]) -> None:
    if name not in NAMES:
        raise ClientError(f"Extraneous channel found: {name}")
    parse_content_type(config.get("ContentType"))
    if config.get("TrainingInputMode") == "Pipe":
        raise ClientError(
            f"The {name} channel has the input mode Pipe, which is no longer supported. Set input_mode='File'."
        )


def _find_channel(container: Container, name: str) -> Channel:
    """A channel's files, down to the container's depth; those that begin with a dot or an underscore are no data."""
    directory = container.data / name
    found = [
        path
        for path in sorted(directory.rglob("*"))
        if path.is_file()
        and path.name[0] not in "._"
        and path.stat().st_size
        and len(path.relative_to(directory).parts) <= _DEEPEST
    ]
    return Channel(name, tuple(found))

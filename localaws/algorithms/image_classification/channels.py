"""Input channels: which ones a job was given, what they hold, and where their files are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from localaws.algorithms.container import Container
from localaws.algorithms.errors import ClientError

IMAGE_TYPES = ("application/x-image", "image/png", "image/jpeg")
RECORD_TYPE = "application/x-recordio"
MODEL_TYPE = "application/x-sagemaker-model"
IMAGE_CHANNELS = ("train", "validation", "train_lst", "validation_lst")
RECORD_CHANNELS = ("train", "validation")


@dataclass(frozen=True)
class Channel:
    """One channel with files in it. ``label_format`` is ``multi-hot`` or ``class-id``."""

    name: str
    directory: Path
    content_type: str
    label_format: str

    def find_only(self, suffix: str) -> Path:
        """Find the one file with a suffix, at any depth. Raises ClientError for none or several."""
        found = sorted(path for path in self.directory.rglob(f"*{suffix}") if path.is_file())
        if len(found) != 1:
            raise ClientError(f"The {self.name} channel holds {len(found)} {suffix} files: give it exactly one.")
        return found[0]


@dataclass(frozen=True)
class Channels:
    """A job's channels, checked: all with files, and all of one kind."""

    by_name: Mapping[str, Channel]
    holds_records: bool

    def __getitem__(self, name: str) -> Channel:
        return self.by_name[name]

    @property
    def former_model(self) -> Path | None:
        """Directory of the ``model`` channel, if there is one: incremental training starts from it."""
        return self.by_name["model"].directory if "model" in self.by_name else None


def read_channels(container: Container) -> Channels:
    """Read ``inputdataconfig.json`` and look into each channel that it names.

    Raises ClientError when a channel is missing, empty or not of the kind of the others.
    """
    configured = json.loads(container.input_data_config.read_text(encoding="utf-8"))
    channels = {name: _read_channel(container, name, config) for name, config in configured.items()}
    if "train" not in channels:
        raise ClientError("The train channel is missing: give the job the channels train and validation.")
    holds_records = channels["train"].content_type == RECORD_TYPE
    needed = RECORD_CHANNELS if holds_records else IMAGE_CHANNELS
    allowed = (RECORD_TYPE,) if holds_records else IMAGE_TYPES
    for name in needed:
        _check_channel(channels, name, needed, allowed)
    if "model" in channels:
        _check_model(channels["model"])
    return Channels(channels, holds_records)


def _read_channel(container: Container, name: str, config: Mapping[str, str]) -> Channel:
    if config.get("TrainingInputMode") == "Pipe":
        raise ClientError(f"The {name} channel has the input mode Pipe, which exists on AWS only: use File.")
    header = Message()
    header["content-type"] = config.get("ContentType") or ""
    label_format = str(header.get_param("label-format", "multi-hot"))
    content_type = header.get_content_type() if config.get("ContentType") else ""
    return Channel(name, container.data / name, content_type, label_format)


def _check_model(channel: Channel) -> None:
    if channel.content_type != MODEL_TYPE:
        given = f"'{channel.content_type}'" if channel.content_type else "no ContentType"
        raise ClientError(f"The model channel has {given}, and it must be {MODEL_TYPE}.")


def _check_channel(
    channels: Mapping[str, Channel], name: str, needed: tuple[str, ...], allowed: tuple[str, ...]
) -> None:
    if name not in channels:
        raise ClientError(f"The {name} channel is missing: training with {allowed[0]} needs {', '.join(needed)}.")
    channel = channels[name]
    if channel.content_type not in allowed:
        given = f"'{channel.content_type}'" if channel.content_type else "no ContentType"
        raise ClientError(
            f"The {name} channel has {given}, and here it must be {' or '.join(allowed)}: all data channels "
            f"hold either {IMAGE_TYPES[0]} or {RECORD_TYPE}."
        )
    if not any(path.is_file() for path in channel.directory.rglob("*")):
        raise ClientError(f"The {name} channel is empty: no file was found under its S3 prefix.")

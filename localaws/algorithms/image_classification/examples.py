"""Labelled images of a channel, from a ``.lst`` file beside image files or from a RecordIO file."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from common.recordio import BadRecords, Record, read_records
from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.channels import Channel, Channels


@dataclass(frozen=True)
class Example:
    """One image: where it is (a file or its encoded bytes), its name for messages, and its target.

    ``target`` holds a 0 or 1 for each class: exactly one 1, or any number of them with multi_label.
    """

    name: str
    source: Path | bytes
    target: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Labels:
    """How labels are written: the number of classes, and whether an image has several."""

    num_classes: int
    multi_label: bool

    def encode(self, values: Sequence[float], name: str) -> npt.NDArray[np.float32]:
        """Turn what stands beside an image into its target. Raises ClientError when it does not fit."""
        if self.multi_label:
            return self._encode_hot(values)
        if len(values) != 1:
            raise ClientError(
                f"{name} has {len(values)} labels, and with multi_label=0 each image has one: correct it, "
                f"or set multi_label to 1."
            )
        return self.encode_ids(values, name)

    def encode_ids(self, values: Sequence[float], name: str) -> npt.NDArray[np.float32]:
        """Turn class indices into a target. Raises ClientError for one that is no class."""
        target = np.zeros(self.num_classes, np.float32)
        for value in values:
            if not 0 <= value < self.num_classes or value != int(value):  # in this order: no number has no integer
                raise ClientError(
                    f"{name} has the class index {value:g}, and num_classes is {self.num_classes}: class "
                    f"indices are whole numbers from 0 to {self.num_classes - 1}."
                )
            target[int(value)] = 1
        return target

    def _encode_hot(self, values: Sequence[float]) -> npt.NDArray[np.float32]:
        if len(values) != self.num_classes:
            raise ClientError(
                f"Mismatch between number of labels in the multi-label data ({len(values)}) and the "
                f"num_classes parameter ({self.num_classes}): give each image one 0 or 1 for each class."
            )
        return np.asarray(values, np.float32)


def read_examples(channels: Channels, name: str, labels: Labels) -> list[Example]:
    """List the labelled images of ``train`` or ``validation``. Raises ClientError for a wrong label or path."""
    if channels.holds_records:
        examples = list(_read_records(channels[name], labels))
    else:
        examples = list(_read_list(channels[name], channels[f"{name}_lst"], labels))
    if not examples:
        raise ClientError(f"The {name} channel lists no images: give it at least one.")
    return examples


def _read_list(images: Channel, listing: Channel, labels: Labels) -> Iterator[Example]:
    path = listing.find_only(".lst")
    text = path.read_bytes().decode("utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _read_line(line, f"Line {number} of {path.name}", images.directory, labels)


def _read_line(line: str, name: str, directory: Path, labels: Labels) -> Example:
    try:
        _index, *classes, relative = line.rstrip("\n").split("\t")
        values = [float(text) for text in classes]
    except ValueError:
        values = []
    if not values:
        raise ClientError(f"{name} is not index<TAB>class<TAB>relative path: {line[:80]!r}.")
    target = labels.encode(values, name)
    # By its text and not by resolving it: a channel's files may be links to where they are stored.
    path = Path(os.path.normpath(directory / relative.strip()))
    if not path.is_relative_to(os.path.normpath(directory)) or not path.is_file():
        raise ClientError(
            f"{name} names {relative.strip()!r}, which is no file under the {directory.name} channel: paths "
            f"are relative to the channel's S3 prefix."
        )
    return Example(relative.strip(), path, target)


def _read_records(channel: Channel, labels: Labels) -> Iterator[Example]:
    path = channel.find_only(".rec")
    try:
        for record in read_records(path):
            yield _encode_record(record, f"A record of {path.name}", channel.label_format, labels)
    except BadRecords as error:
        raise ClientError(f"{path.name} of {channel.name} is not a whole RecordIO file: {error}.") from error


def _encode_record(record: Record, name: str, label_format: str, labels: Labels) -> Example:
    if labels.multi_label and label_format == "class-id":
        return Example(name, record.image, labels.encode_ids(record.labels, name))
    return Example(name, record.image, labels.encode(record.labels, name))

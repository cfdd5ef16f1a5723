"""RecordIO, MXNet's packed form of a data set, for `application/x-recordio` channels."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import numpy as np

# numpy 1.24 dropped the alias that MXNet 1.9.1 reads while it is imported.
np.bool = bool  # type: ignore[attr-defined]
mxnet_recordio = import_module("mxnet.recordio")


def write(images: Iterable[tuple[int, bytes]], target: Path) -> None:
    """Write (class, PNG bytes) pairs as records numbered from 0.

    `pack` takes the encoded bytes as they are; `pack_img` would need OpenCV to encode them again.
    """
    writer = mxnet_recordio.MXRecordIO(str(target), "w")
    try:
        for number, (label, data) in enumerate(images):
            header = mxnet_recordio.IRHeader(0, float(label), number, 0)
            writer.write(mxnet_recordio.pack(header, data))
    finally:
        writer.close()

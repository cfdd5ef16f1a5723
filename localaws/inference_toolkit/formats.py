"""Arrays from a request's body and into an answer's: JSON, CSV and numpy's own files, and nothing that is unpickled."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

JSON, CSV, NPY, NPZ, ANY = "application/json", "text/csv", "application/x-npy", "application/x-npz", "*/*"
TEXTS = (JSON, CSV)


class UnsupportedFormatError(Exception):
    """A content type that no default function reads or writes."""

    def __init__(self, content_type: object) -> None:
        super().__init__(
            f"Content type {content_type} is not supported by this framework.\n\n"
            "Please implement input_fn to to deserialize the request data or an output_fn to\n"
            "serialize the response. For more information, see the SageMaker Python SDK README."
        )


def decode(body: Any, content_type: object, *, squeezed: bool = False) -> Any:
    """A body (text where it is JSON or CSV) as an array; `squeezed`: a CSV of one row is a vector."""
    import numpy as np

    if content_type == JSON:
        return np.array(json.loads(body))
    if content_type == CSV:
        return _read_squeezed(body) if squeezed else np.genfromtxt(io.StringIO(body), delimiter=",")
    if content_type == NPY:
        # AWS's toolkits unpickle objects; an array of numbers needs none of it.
        return np.load(io.BytesIO(body), allow_pickle=False)
    if content_type == NPZ and not squeezed:
        import scipy.sparse

        return scipy.sparse.load_npz(io.BytesIO(body))
    raise UnsupportedFormatError(content_type)


def encode(array: Any, content_type: object, *, rows: bool = False) -> bytes:
    """An array, or what can be made one, as a body; `rows`: CSV has numbers as Python writes them."""
    import numpy as np

    if content_type == JSON:
        return json.dumps(array, default=_list_values).encode()
    if content_type == NPY:
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        return buffer.getvalue()
    if content_type == CSV:
        text = io.StringIO()
        if rows:
            table = np.array(array)
            csv.writer(text, lineterminator="\n").writerows(table.reshape(-1, 1) if table.ndim == 1 else table)
        else:
            np.savetxt(text, array, delimiter=",", fmt="%s")
        return text.getvalue().encode()
    raise UnsupportedFormatError(content_type)


def _read_squeezed(text: str) -> Any:
    import numpy as np

    rows = np.array(list(csv.reader(io.StringIO(text), strict=True))).squeeze()
    try:
        return rows.astype(float)
    except ValueError:
        return rows


def _list_values(item: Any) -> Any:
    if hasattr(item, "tolist"):
        return item.tolist()
    return json.JSONEncoder().default(item)

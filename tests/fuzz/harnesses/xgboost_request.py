"""The body of a request to the built-in XGBoost, as each kind of table."""

from __future__ import annotations

from contextlib import suppress

from localaws.algorithms.errors import ClientError
from localaws.algorithms.xgboost.requests import RequestError, read_rows

SEEDS = [b"1,2,3\n-1,,0.5\n", b"1;2\n3;4", b"0:1 2:3\n1:2.5e3 2:nan\n", b"1 0:1\n0:0.5 3:-inf\n"]


def one_input(data: bytes) -> None:
    """Rows are read or refused."""
    for content_type in ("text/csv", "text/libsvm", None):
        with suppress(ClientError, RequestError):
            read_rows(data, content_type)

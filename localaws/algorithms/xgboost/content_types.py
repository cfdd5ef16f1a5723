"""Which kind of table a content type names, as the container tells them apart."""

from __future__ import annotations

from email.message import Message

from localaws.algorithms.errors import ClientError

CSV, LIBSVM, PARQUET, RECORDIO = "csv", "libsvm", "parquet", "recordio-protobuf"
_KINDS = {
    **dict.fromkeys((CSV, "text/csv"), CSV),
    **dict.fromkeys((LIBSVM, "text/libsvm", "text/x-libsvm"), LIBSVM),
    **dict.fromkeys((PARQUET, "application/x-parquet"), PARQUET),
    **dict.fromkeys((RECORDIO, "application/x-recordio-protobuf"), RECORDIO),
}


def parse_content_type(text: str | None) -> str:
    """The kind of a content type such as `text/csv; label_size=1`; libsvm where there is none. Raises ClientError."""
    if not text:
        return LIBSVM
    header = Message()
    header["content-type"] = text.lower()
    named = text.lower().partition(";")[0].strip()
    if named not in _KINDS:
        raise ClientError(f"{text} is not an accepted ContentType: {', '.join(_KINDS)}.")
    kind = _KINDS[named]
    if kind == CSV and header.get_param("label_size", "1") != "1":
        raise ClientError(
            f"{text} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1"
        )
    return kind

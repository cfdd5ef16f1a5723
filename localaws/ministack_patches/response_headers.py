"""Refuses addresses that make a browser take an object in S3 for something that acts.

GetObject's query may say what the answer's headers are to be (`response-content-type=text/html`). On AWS that is safe,
as a bucket's host has no rights; here every service answers at the same host. Types that browsers only show or save are
let through, all others are refused, and so are values that would end the header.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

_OVERRIDE, _TYPE = "response-", "response-content-type"
PASSIVE = frozenset(
    {
        *("image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "text/csv", "application/json"),
        *("application/octet-stream", "binary/octet-stream", "application/jsonlines", "application/x-ndjson"),
        *("application/zip", "application/gzip", "application/x-gzip", "application/x-tar"),
    }
)
"""Types that no browser runs."""
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_PARAMETERS = re.compile(r"(\s*;\s*charset=[\w-]{1,40})?\s*", re.ASCII | re.IGNORECASE)


def refused_override(scope: dict[str, Any]) -> bytes | None:
    """S3's InvalidArgument, as XML, for a request whose query asks for such a header; None where it may pass."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    query = scope.get("query_string", b"").decode("latin-1")
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name.lower().startswith(_OVERRIDE) and (sentence := _why(name.lower(), value)):
            return _invalid(name, value, sentence)
    return None


def _why(name: str, value: str) -> str | None:
    if _UNPRINTABLE.search(value):
        return f"{name} holds characters that are no header's; give printable ASCII."
    if name != _TYPE or not value:  # S3 ignores an empty one
        return None
    kind, separator, parameters = value.partition(";")
    if kind.strip().lower() in PASSIVE and _PARAMETERS.fullmatch(separator + parameters):
        return None
    return (
        f"{name} is {value[:100]!r}, which a browser could run at the local AWS's own host; allowed are "
        f"{', '.join(sorted(PASSIVE))}. Save the object, and open the file."
    )


def _invalid(name: str, value: str, sentence: str) -> bytes:
    shown = _UNPRINTABLE.sub("?", value[:200])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>InvalidArgument</Code><Message>{escape(sentence)}</Message>"
        f"<ArgumentName>{escape(_UNPRINTABLE.sub('?', name))}</ArgumentName>"
        f"<ArgumentValue>{escape(shown)}</ArgumentValue></Error>"
    ).encode()

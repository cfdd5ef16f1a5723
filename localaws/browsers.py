"""Keeps web pages out. The local AWS runs code that is sent to it, and MiniStack lets every origin in.

A page in the user's browser can reach 127.0.0.1 in three ways: by its own script, form or web socket (which carries an
Origin header), under a name of its own that resolves to 127.0.0.1 (which carries that name as Host), and by a mere
address, as that of an image (where browsers say themselves that a page asks: Sec-Fetch-*, Referer). Every page is
refused, also one that the local AWS itself has answered: an object in S3 is what somebody sent. What a browser may
have is an address that a person opens, by GET and without an operation in it.

What is answered may do nothing in a browser: it is no page of this origin, runs no script, loads nothing, and is of the
type that it is said to be. SDKs, the AWS command line and git send none of these headers and read none of them.

GetObject's query may say what the answer's headers are to be (`response-content-type=text/html`). On AWS that is safe,
as a bucket's host has no rights; here every service answers at the same host. Types that browsers only show or save are
let through, all others are refused, and so are values that would end the header.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
"""

from __future__ import annotations

import re
from collections.abc import Awaitable
from functools import lru_cache
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.sax.saxutils import escape

from localaws.asgi import Message, Scope, Send

_OURS = ("127.0.0.1", "localhost")
_OF_PAGES = (b"origin", b"referer")
"""Headers that a browser adds where a page asks, and that no program needs here."""
_FETCH = b"sec-fetch-"
# What browsers say of an address that a person opens: https://www.w3.org/TR/fetch-metadata/
_OPENED = {
    b"sec-fetch-site": b"none",
    b"sec-fetch-mode": b"navigate",
    b"sec-fetch-dest": b"document",
    b"sec-fetch-user": b"?1",
}
_HARMLESS = {
    b"content-security-policy": b"sandbox; default-src 'none'",
    b"x-content-type-options": b"nosniff",
}
_STARTS = ("http.response.start", "websocket.http.response.start")
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


def refusal(scope: Scope) -> str | None:
    """Why the ASGI request, web sockets included, is refused, in a sentence; None where it may pass."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    host = headers.get(b"host", b"127.0.0.1").decode("latin-1")
    if not _is_ours(f"//{host}"):
        return f"The host {host!r} is not this machine's own name; use 127.0.0.1 or localhost."
    for source in _OF_PAGES:
        if source in headers:
            page = headers[source].decode("latin-1")
            return f"Requests of web pages are refused, and this one comes from {page!r}: use a program."
    if _asks_for_a_page(headers, scope.get("method", "GET")):
        return "Requests of web pages are refused: open the address by itself, or use a program."
    if b"authorization" not in headers and _acts_by_address(scope):
        return (
            "An Action in the address is refused without an Authorization header: a web page could have put it there."
        )
    return None


def harmless(send: Send) -> Send:
    """An ASGI `send` whose answers, whoever made them, can do nothing in a browser."""

    def send_harmless(message: Message) -> Awaitable[None]:
        if message["type"] in _STARTS:
            others = [(name, value) for name, value in message.get("headers", []) if name.lower() not in _HARMLESS]
            message = {**message, "headers": [*others, *_HARMLESS.items()]}
        return send(message)

    return send_harmless


def _asks_for_a_page(headers: dict[bytes, bytes], method: str) -> bool:
    """Whether a browser sends this for a page, or to change something; one of before 2023 may say nothing of it."""
    sent = [name for name in headers if name.startswith(_FETCH)]
    opened = all(headers[name] == _OPENED.get(name) for name in sent)
    return bool(sent) and not (opened and method in ("GET", "HEAD"))


def _acts_by_address(scope: Scope) -> bool:
    """Whether the address alone calls an operation; AWS's SDKs send a signed POST."""
    query = scope.get("query_string", b"").decode("latin-1")
    return bool(query) and "Action" in parse_qs(query, keep_blank_values=True)


@lru_cache(maxsize=256)
def _is_ours(address: str) -> bool:
    try:
        name = urlsplit(address).hostname
    except ValueError:  # such as a bracket that is not closed
        return False
    # A bucket's own host name, such as bucket.localhost, is ours as well.
    return name is not None and (name in _OURS or name.endswith(".localhost"))


def refused_override(scope: Scope) -> bytes | None:
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

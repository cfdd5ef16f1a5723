"""Keeps web pages out. The local AWS runs code that is sent to it, and MiniStack lets every origin in.

A page in the user's browser can reach 127.0.0.1 in three ways: by its own script or web socket (which carries an
Origin header), under a name of its own that resolves to 127.0.0.1 (which carries that name as Host), and by a mere
address, as that of a picture or a form. The last carries no Origin: there browsers say themselves whose page asks
(Sec-Fetch-Site, Referer), and what would act is refused without a signed header, which no page can put there.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

_OURS = ("127.0.0.1", "localhost")
_FOREIGN = "cross-site"


def refusal(scope: dict[str, Any]) -> str | None:
    """Why the ASGI request, web sockets included, is refused, in a sentence; None where it may pass."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "127.0.0.1")
    if not _is_ours(f"//{host}"):
        return f"The host {host!r} is not this machine's own name; use 127.0.0.1 or localhost."
    for source in ("origin", "referer"):
        if source in headers and not _is_ours(headers[source]):
            return f"Requests of web pages from {headers[source]!r} are refused."
    if headers.get("sec-fetch-site") == _FOREIGN:
        return "Requests of web pages are refused: open the address by itself."
    if "authorization" not in headers and _acts_by_address(scope):
        return (
            "An Action in the address is refused without an Authorization header: a web page could have put it there."
        )
    return None


def _acts_by_address(scope: dict[str, Any]) -> bool:
    """Whether the address alone calls an operation; AWS's SDKs send a signed POST."""
    return "Action" in parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)


def _is_ours(address: str) -> bool:
    try:
        name = urlsplit(address).hostname
    except ValueError:  # such as a bracket that is not closed
        return False
    # A bucket's own host name, such as bucket.localhost, is ours as well.
    return name is not None and (name in _OURS or name.endswith(".localhost"))

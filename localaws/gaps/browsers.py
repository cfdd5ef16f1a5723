"""Keeps web pages out. The local AWS runs code that is sent to it, and MiniStack lets every origin in.

A page in the user's browser can reach 127.0.0.1: by its own script (which carries an Origin header) or under a name
of its own that resolves to 127.0.0.1 (which carries that name as Host).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

_OURS = ("127.0.0.1", "localhost")


def refusal(scope: dict[str, Any]) -> str | None:
    """Why the ASGI request is refused, in a sentence; None where it may pass."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "127.0.0.1")
    if not _is_ours(urlsplit(f"//{host}").hostname):
        return f"The host {host!r} is not this machine's own name; use 127.0.0.1 or localhost."
    origin = headers.get("origin")
    if origin is not None and not _is_ours(urlsplit(origin).hostname):
        return f"Requests of web pages from {origin!r} are refused."
    return None


def _is_ours(name: str | None) -> bool:
    # A bucket's own host name, such as bucket.localhost, is ours as well.
    return name is not None and (name in _OURS or name.endswith(".localhost"))

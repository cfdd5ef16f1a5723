"""The login to the page: an address that can be used once, and the file by which a browser is sent to it.

Any user of this machine can read what a process was started with. A browser is therefore given the name of a file that
is its owner's alone, as Jupyter's is, and not the address; and an address that somebody saw later leads nowhere.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from localaws import home


class Login:
    """Holds the token of the next login and the secret of the session's cookie; neither follows from the other."""

    def __init__(self, root: str, file: Path, announce: Callable[[str], None]) -> None:
        """Make the first token. `announce` is called with each later address, when the one before it was used."""
        self.cookie = secrets.token_urlsafe(24)
        self.file = file
        self._root, self._announce = root, announce
        for folder in (file.parent.parent, file.parent):  # the home, which may not be there yet, and the page's own
            home.make(folder)
        self._renew()

    @property
    def address(self) -> str:
        """The address of the next login."""
        return f"{self._root}/?{urlencode({'token': self._token})}"

    def redeem(self, token: str) -> bool:
        """Whether this is the token, which holds once; the next one is announced."""
        if not _same(token, self._token):
            return False
        self._renew()
        self._announce(self.address)
        return True

    def is_session(self, cookie: str) -> bool:
        """Whether this is the session's cookie."""
        return _same(cookie, self.cookie)

    def close(self) -> None:
        self.file.unlink(missing_ok=True)

    def _renew(self) -> None:
        self._token = secrets.token_urlsafe(24)
        home.draft(self.file, _page(self.address)).replace(self.file)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


def _page(address: str) -> str:
    there = escape(address, quote=True)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Scones</title>'
        f'<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url={there}"></head>'
        f'<body><p><a href="{there}">Open Scones</a></p></body></html>\n'
    )

"""Where an address is on the page: the way to it from the navigation, and what its tab is called."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from console.page.panels import PANELS, Panel

SITE = "Scones"
_NOTHING = "No such page"


def list_trail(address: str) -> list[tuple[str, str]]:
    """The titles and addresses from a panel of the navigation down to this one; none where there is no such page."""
    path = urlsplit(address).path.rstrip("/") or "/"
    for panel in PANELS:
        found = _match(panel, path)
        if found:
            given = {name: unquote(value) for name, value in found.groupdict().items() if value}
            part = given.pop("part", "")
            here = (panel.title.format(**given), path.removesuffix(f"/{found['part']}") if part else path)
            above = list_trail(panel.parent.format(**given)) if panel.parent else []
            return [*above, here, *([(part, path)] if part else [])]
    return []


def write_title(address: str) -> str:
    """What a tab on this address is called, that which tells it from others first."""
    titles = [title for title, _ in reversed(list_trail(address))]
    return " · ".join([*(titles or [_NOTHING]), SITE])


def _match(panel: Panel, path: str) -> re.Match[str] | None:
    route = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", panel.route)
    more = "(?:/(?P<part>[^/]+))?" if panel.has_parts else "(?P<part>$)?"
    return re.fullmatch(route.rstrip("/") + more if route != "/" else f"/{more}", path)

"""The page around the panels: navigation, target, the way to what is shown, dark or light."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from nicegui import ui
from nicegui.element import Element

from console.page.context import Context
from console.page.panels import PANELS
from console.page.parts.elements import box, link, text
from console.page.parts.pages import Pages
from console.page.trail import SITE, list_trail, write_title

_STYLE = Path(__file__).with_name("style.css")
# Each browser keeps its own choice; the system's is taken until a person chooses.
_COOKIE = "scones_dark"
_CHOICES = {"1": True, "0": False}
_YEAR_SECONDS = 31_536_000


def build(context: Context) -> None:
    """Build the frame and the panel that the address names."""
    ui.add_css(_STYLE)
    ui.colors(primary="#0a58c2", positive="#0f6b36", negative="#b3261e", warning="#7c4a00")
    client = ui.context.client
    request = client.request
    mode = ui.dark_mode(_CHOICES.get(request.cookies.get(_COOKIE, "")) if request else None)
    with box("top", tag="header"):
        link(SITE, "/", "brand")
        links = _navigation()
        text(_describe_target(context), "where", "faint")
        _build_toggle(mode)
    with box("page") as main:
        crumbs = box("crumbs", tag="nav")
        crumbs.props["aria-label"] = "Where this is"
        Pages({panel.route: partial(panel.build, context) for panel in PANELS})
    ui.skip_link(target=main)

    def mark(path: str) -> None:
        ui.page_title(write_title(path))
        _mark_open(links, path)
        _draw_crumbs(crumbs, path)

    mark(client.sub_pages_router.current_path)
    client.sub_pages_router.on_path_changed(mark)


def _navigation() -> dict[str, Element]:
    with box("nav", tag="nav") as navigation:
        navigation.props("aria-label=Panels")
        return {panel.route: link(panel.navigation, panel.route) for panel in PANELS if panel.navigation}


def _describe_target(context: Context) -> str:
    project, local = context.source.project, context.source.local
    place = f"local AWS, {local.endpoint}" if local else f"AWS {project.account}, {project.region}"
    return f"{project.project} on {place}" + ("" if context.may_act else ", read-only")


def _build_toggle(mode: ui.dark_mode) -> None:
    def toggle() -> None:
        mode.value = not mode.value
        button.props(f"icon={'light_mode' if mode.value else 'dark_mode'}")
        kept = f"{_COOKIE}={int(bool(mode.value))}; path=/; max-age={_YEAR_SECONDS}; samesite=lax"
        ui.run_javascript(f"document.cookie = '{kept}'")

    button = ui.button(icon="dark_mode", on_click=toggle).props("flat round dense")
    button.props["aria-label"] = "Dark or light"


def _mark_open(links: dict[str, Element], path: str) -> None:
    """Mark the panel of the navigation that is shown, or that what is shown is below."""
    trail = list_trail(path)
    for place, made in links.items():
        here = place in [address for _, address in trail[:1]]
        made.classes(add="here") if here else made.classes(remove="here")
        made.props["aria-current"] = "page" if here and len(trail) == 1 else "true" if here else "false"


def _draw_crumbs(crumbs: Element, path: str) -> None:
    trail = list_trail(path)
    crumbs.clear()
    crumbs.set_visibility(len(trail) > 1)
    with crumbs:
        for title, address in trail[:-1]:
            link(title, address)
            text("/").props("aria-hidden=true")
        for title, _ in trail[-1:]:
            text(title, "wrap").props("aria-current=page")

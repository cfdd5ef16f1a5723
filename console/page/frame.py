"""The page around the panels: navigation, target, dark or light."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from nicegui import ui

from console.page.context import Context
from console.page.panels import PANELS
from console.page.parts.elements import box, link, text

_STYLE = Path(__file__).with_name("style.css")
# The system's own choice, until a person chooses; one process serves one person.
_dark: list[bool | None] = [None]


def build(context: Context) -> None:
    """Build the frame and the panel that the address names."""
    ui.add_css(_STYLE)
    ui.page_title("Scones")
    ui.colors(primary="#0a58c2", positive="#0f6b36", negative="#b3261e", warning="#7c4a00")
    mode = ui.dark_mode(_dark[0])
    with box("top", tag="header"):
        link("Scones", "/", "brand")
        links = _navigation()
        text(_describe_target(context), "where", "faint")
        _build_toggle(mode)
    with box("page") as main:
        ui.sub_pages({panel.route: partial(panel.build, context) for panel in PANELS})
    ui.skip_link(target=main)
    _mark_open(links)


def _navigation() -> dict[str, ui.element]:
    with box("nav", tag="nav") as navigation:
        navigation.props("aria-label=Panels")
        return {panel.route: link(panel.navigation, panel.route) for panel in PANELS if panel.navigation}


def _describe_target(context: Context) -> str:
    project, local = context.source.project, context.source.local
    place = f"local AWS, {local.endpoint}" if local else f"AWS {project.account}, {project.region}"
    return f"{project.project} on {place}" + ("" if context.may_act else ", read-only")


def _build_toggle(mode: ui.dark_mode) -> None:
    def toggle() -> None:
        mode.value = _dark[0] = not mode.value
        button.props(f"icon={'light_mode' if mode.value else 'dark_mode'}")

    button = ui.button(icon="dark_mode", on_click=toggle).props("flat round dense")
    button.props["aria-label"] = "Dark or light"


def _mark_open(links: dict[str, ui.element]) -> None:

    def mark(path: str) -> None:
        here = path.split("?", 1)[0].rstrip("/") or "/"
        for place, made in links.items():
            made.classes(add="here") if place == here else made.classes(remove="here")
            made.props["aria-current"] = "page" if place == here else "false"

    router = ui.context.client.sub_pages_router
    mark(router.current_path)
    router.on_path_changed(mark)

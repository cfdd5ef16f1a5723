"""A `scones console` process and a browser on it, as the browser tests use them."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import coverage
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from localaws import home
from localaws.settings import Settings
from tests.e2e.laptop import REPOSITORY, Laptop

CHROMIUMS = (
    # Without the browser's own surface, which takes more than the page does.
    Path("/usr/bin/chromium-headless-shell"),
    Path("/usr/bin/chromium"),
    Path("/usr/bin/google-chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
CHROMIUM = next((path for path in CHROMIUMS if path.exists()), CHROMIUMS[0])
ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1280, "height": 900}
SIZES = {
    "desk": {"width": 1440, "height": 900},
    "tablet": {"width": 820, "height": 1180},
    "phone": {"width": 390, "height": 800},
}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def list_looks(number: int) -> list[tuple[str, Scheme]]:
    """Sizes and schemes in which a panel is looked at: each size once, and both schemes; in turn by its number."""
    return [(size, SCHEMES[(number + place) % len(SCHEMES)]) for place, size in enumerate(SIZES)]


@dataclass
class Console:
    """One `scones console` process, the address of its next visit, and the file by which a browser is sent there."""

    process: subprocess.Popen[str]
    home: Path
    address: str = field(init=False)

    def __post_init__(self) -> None:
        self.listen()
        # Who reads the address comes at once.
        socket.create_connection(("127.0.0.1", urlsplit(self.address).port or 0), timeout=1).close()

    def listen(self) -> None:
        """Read the address that the console prints next: it does when it starts, and whenever one was used."""
        assert self.process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\S+", self.process.stdout.readline())
        assert found, "the console said no address"
        self.address = found[0]

    @property
    def root(self) -> str:
        return self.address.split("/?")[0]

    @property
    def file(self) -> Path:
        return self.home / "console" / f"{urlsplit(self.address).port}.html"


def _python() -> list[str]:
    """This interpreter; where coverage is measured, the panels' is as well: they run in the console's process only."""
    measured = ["-m", "coverage", "run", "--parallel-mode"] if coverage.Coverage.current() else []
    return [sys.executable, *measured]


def _make_home(laptop: Laptop, port: int) -> Path:
    """The folder of a console: a relay's port is another installation's, with the same key and a home of its own."""
    if port == laptop.port:
        return laptop.home
    own, there = (Settings(port, laptop.home.with_name(f"{laptop.home.name}-{port}")), Settings(port, laptop.home))
    home.make(own.home)
    shutil.copy(there.key_file, own.key_file)
    return own.home


@contextmanager
def console(laptop: Laptop, port: int, *words: str, **environment: str) -> Iterator[Console]:
    """Serve the page for a local AWS that is reached over a port."""
    # The library serves its own tests differently, and tells them by this variable.
    told = {name: value for name, value in laptop.environment.items() if not name.startswith("PYTEST_")}
    kept = _make_home(laptop, port)
    process = subprocess.Popen(
        [*_python(), "-m", "console", "console", "--no-open", *words],
        env={**told, "SCONES_PORT": str(port), "SCONES_HOME": str(kept), **environment},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Console(process, kept)
    finally:
        process.terminate()
        process.wait(20)


@dataclass
class Tab:
    """A tab on the page; whatever its browser complains of is kept."""

    page: Page
    root: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.root + path)
        self.page.wait_for_selector("h1")
        return self.page

    def says(self, words: str, seconds: float = 15) -> None:
        """Wait until the page says something."""
        self.page.get_by_text(words).first.wait_for(timeout=seconds * 1000)

    def settle(self, seconds: float = 15) -> None:
        """Wait until every part of the page has been told something by AWS."""
        shown = "[...document.querySelectorAll('.empty')].filter((one) => one.offsetParent)"
        waits = f"{shown}.some((one) => one.innerText.startsWith('Asking AWS'))"
        self.page.wait_for_function(f"!{waits}", timeout=seconds * 1000)
        self.page.wait_for_timeout(300)

    def picture(self, folder: Path | None, name: str) -> None:
        """Make a screenshot of the whole page, to be looked at, where somebody asked for them."""
        if folder:
            self.page.screenshot(path=folder / f"{name}.png", full_page=True)

    def serious(self) -> list[str]:
        """What axe finds that is serious or critical."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{item['id']}: {item['help']}: {[node['html'][:160] for node in item['nodes'][:3]]}"
            for item in found
            if item["impact"] in ("serious", "critical")
        ]

    def cut(self, selector: str) -> list[str]:
        """The elements whose content is wider than they are."""
        script = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)"
        return list(self.page.eval_on_selector_all(selector, script))

    def overflows(self) -> bool:
        """Whether the page is wider than its window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@contextmanager
def tab(
    browser: Browser, served: Console, *, scheme: str = "light", size: dict[str, int] | None = None
) -> Iterator[Tab]:
    """Open a tab by the console's file, as `scones console` opens one; it must not complain."""
    # Without motion, as what turns while something runs is drawn sixty times a second.
    context = browser.new_context(viewport=size or DESK, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    opened = Tab(context.new_page(), served.root)
    opened.page.on(
        "console", lambda message: opened.complaints.append(message.text) if message.type == "error" else None
    )
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.goto(served.file.as_uri())
    opened.page.wait_for_url(f"{served.root}/")
    served.listen()
    opened.page.wait_for_selector("h1")
    yield opened
    context.close()
    assert opened.complaints == []

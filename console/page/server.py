"""Serves the page on 127.0.0.1."""

from __future__ import annotations

import asyncio
import socket
import webbrowser
from contextlib import suppress

from nicegui import app, background_tasks, ui

from console.errors import CommandError
from console.page.context import Context, StartRun
from console.page.files import serve_file
from console.page.frame import build
from console.page.guard import Guard, Login
from console.page.panels import PANELS
from console.page.poller import Poller
from console.page.presence import is_absent
from console.page.runs.topic import all_runs
from console.page.source import Source
from console.target import Target
from localaws.settings import from_environment

_HOST = "127.0.0.1"
# AWS's calls are slower and counted; a laptop's are neither.
_AWS_PACE = 2.0
_FIRST_READ_SECONDS = 0.5
_PORT_POLL_SECONDS = 0.02


def serve(target: Target, port: int, *, may_act: bool, opens: bool, start_run: StartRun | None = None) -> None:
    """Serve until the process is ended."""
    port = port or _free_port()
    _require_free(port)
    login = Login(f"http://{_HOST}:{port}", from_environment().home / "console" / f"{port}.html", _announce_next)
    context = Context(Source(target.local), Poller(1.0 if target.local else _AWS_PACE), may_act, start_run=start_run)
    app.add_middleware(Guard, login=login, port=port)
    # Quasar's bar during requests has no name for who cannot see it, and says nothing that a panel does not.
    app.config.quasar_config["loadingBar"]["skipHijack"] = True
    app.on_startup(lambda: background_tasks.create(_announce_when_served(login, port, opens=opens)))
    app.on_shutdown(login.close)
    # Who opens the page finds the list read already.
    app.on_startup(lambda: context.poller.ask(all_runs(context)))

    async def root() -> None:
        await context.poller.first(all_runs(context), _FIRST_READ_SECONDS)
        client = ui.context.client
        if client.request and await is_absent(context, client.request.url.path, _FIRST_READ_SECONDS):
            client.status_code = 404
        build(context)

    for panel in PANELS:
        for route, read in panel.files.items():
            serve_file(context, route, read)
    ui.run(
        root,
        host=_HOST,
        port=port,
        title="Scones",
        dark=None,
        language="en-US",
        favicon="🥐",
        reload=False,
        show=False,
        show_welcome_message=False,
        tailwind=False,
        # Nothing travels further than this machine, and packing takes longer than sending.
        gzip_middleware_factory=None,
    )


async def _announce_when_served(login: Login, port: int, *, opens: bool) -> None:
    """Wait for the port, which listens after the start only: a browser that comes before it is refused."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(_HOST, port)
            writer.close()
            break
        await asyncio.sleep(_PORT_POLL_SECONDS)
    announce(login, opens=opens)


def announce(login: Login, *, opens: bool) -> None:
    """Print the address, and send a browser there if asked to."""
    print(f"The page is on {login.address}", flush=True)
    if opens:
        webbrowser.open(login.file.as_uri())


def _announce_next(address: str) -> None:
    print(f"Opened. That address held once; for another browser: {address}", flush=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise CommandError(f"Port {port} is taken: {error.strerror}; give another with --port.") from None

"""`scones console`: a page on which to watch the whole loop."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace

from console.commands import Command
from console.errors import CommandError
from console.target import Target, choose
from localaws import process


def _add_page(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--allow-actions",
        action="store_true",
        help="let the page approve, reject, stop, retry, classify and label (always so on the local AWS)",
    )
    parser.add_argument(
        "--port", default=os.environ.get("SCONES_CONSOLE_PORT", "0"), help="port on 127.0.0.1 (default: a free one)"
    )
    parser.add_argument("--no-open", action="store_true", help="open no browser")


def serve_page(options: Namespace) -> int:
    """Serve the page until Ctrl+C."""
    port = _port(options.port)
    target = _choose(options.target)
    from console.commands.run import start
    from console.page.server import serve

    opens = not options.no_open and sys.stdout.isatty()
    may_act = options.allow_actions or target.local is not None
    serve(target, port, may_act=may_act, opens=opens, start_run=start)
    return 0


def _choose(name: str) -> Target:
    """A local AWS that is down can be watched as well: the page says so, and recovers when it is up.

    One that was never started in this folder cannot: the person is in another folder than they think.
    """
    from localaws.settings import from_environment

    was_started = name != "local" or from_environment().key_file.exists()
    target = choose(name, must_run=not was_started)
    if target.local:
        process.answers(target.local)  # another's is an error before a page is made of it
    return target


def _port(given: str) -> int:
    if not given.isdecimal() or int(given) > 65_535:
        raise CommandError(f"The port is {given!r}; give a number from 0 (a free one) to 65535.", 2)
    return int(given)


COMMANDS = {"console": Command(serve_page, _add_page)}

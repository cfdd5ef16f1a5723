"""`python -m localaws`: run the local AWS in the foreground until it is ended."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from localaws import home, keys
from localaws.environment import forget_the_rest
from localaws.isolation.kinds import VARIABLE
from localaws.isolation.launching import IsolationError, choose
from localaws.ministack import configuration, stack_services
from localaws.ministack.configuration import MiniStackError
from localaws.platforms import raise_open_files
from localaws.settings import HOST, Settings, SettingsError, from_environment
from localaws.store import StoreError


def main() -> int:
    """Run; answers the exit code."""
    gc.disable()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = from_environment()
        forget_the_rest()
        raise_open_files()
        _refuse_taken_port(settings)
        root = keys.ensure(settings)
        home.keep_temporary_files(settings.home)
        configuration.configure(settings)
        # What the kernel allows is tried by other processes, while this one imports.
        with ThreadPoolExecutor(1) as trying:
            isolation = trying.submit(choose, os.environ.get(VARIABLE, ""))
            stack_services.import_cloudformation()
            from localaws.server import run  # noqa: PLC0415 - MiniStack reads its environment when it is imported
        # What was imported stays: no collection need look at it.
        gc.freeze()
        gc.enable()
        run(replace(settings, isolation=isolation.result()), root)
    except (IsolationError, MiniStackError, SettingsError, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # Threads may still wait for work that was ended with the process; state is on disk, so nobody waits for them.
    os._exit(0)


def _refuse_taken_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.port))
        except OSError as error:
            raise SettingsError(
                f"Port {settings.port} on {HOST} cannot be used ({error.strerror}); set SCONES_PORT to a free one."
            ) from error


if __name__ == "__main__":
    sys.exit(main())

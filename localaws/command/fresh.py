"""`python -m localaws.command.fresh`: an empty local AWS for each line that is read, until there are no more.

For tests. What takes a second of a start is importing, so it is done once: each local AWS is a fork of this process, in
the same home and on the same port as the one before, which is killed with all that it had started. Where a process
cannot be forked, each is started and stopped as ever. Each line is a JSON
object of the variables that the answer has to keep (PYTHONPATH, no_proxy); the answer is a line of what
`localaws env --json` prints. The home is removed in the end.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from localaws import home, keys, process
from localaws.command.session import start_session
from localaws.command.variables import build_variables, format_as_json
from localaws.environment import forget_the_rest
from localaws.jobs import container
from localaws.keys import Credentials
from localaws.ministack import configuration, stack_services
from localaws.platforms import can_fork, fork, raise_open_files, reach_directly
from localaws.settings import Settings, from_environment
from localaws.shapes import service_model

_START_SECONDS = 60
Call = Callable[[Settings], object]


def main() -> None:
    """Answer lines until there are no more."""
    settings = from_environment()
    forget_the_rest()
    os.environ.update(reach_directly(os.environ))
    root = keys.ensure(settings)
    answers, sys.stdout = sys.stdout, sys.stderr
    start, end = _prepare_forks(settings, root) if can_fork() else (process.start, process.stop)
    try:
        for line in sys.stdin:
            end(settings)
            process.wipe(settings)
            start(settings)
            session = start_session(settings, root)
            said = format_as_json(build_variables(settings, session, json.loads(line)), session)
            answers.write(f"{json.dumps(json.loads(said))}\n")
            answers.flush()
    finally:
        end(settings)
        shutil.rmtree(settings.home, ignore_errors=True)


def _prepare_forks(settings: Settings, root: Credentials) -> tuple[Call, Call]:
    """Import all; answers what starts a local AWS by a fork, and what kills the last one."""
    raise_open_files()
    configuration.configure(settings)
    stack_services.import_cloudformation()
    # MiniStack reads its environment when it is imported.
    from localaws import ministack_patches, server  # noqa: PLC0415

    ministack_patches.import_all()
    service_model()
    pids: list[int] = []

    def start(settings: Settings) -> None:
        pids.append(_fork(settings, root, server.run))

    def end(settings: Settings) -> None:
        if pids:
            _end(settings, pids.pop())

    return start, end


def _fork(settings: Settings, root: Credentials, run: Callable[[Settings, Credentials], None]) -> int:
    """Start a local AWS in the home; answers its process id once it answers on its port."""
    lifeline, mine = os.pipe()
    pid = fork()
    if pid == 0:
        os.close(mine)
        _serve(settings, root, run, lifeline)
    os.close(lifeline)
    _LIFELINES[pid] = mine
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG)[0]:
            sys.exit(f"The local AWS did not start: {_last_line(settings)}")
        with contextlib.suppress(process.StrangerError):
            if process.running_pid(settings) == pid:
                return pid
        time.sleep(0.01)
    sys.exit(f"The local AWS did not answer within {_START_SECONDS} s.")


_LIFELINES: dict[int, int] = {}
"""The end of a pipe for each local AWS: it ends with this process, however that ends."""


def _serve(settings: Settings, root: Credentials, run: Callable[[Settings, Credentials], None], lifeline: int) -> None:
    """Be the local AWS; does not return."""
    os.setsid()
    with (settings.home / "localaws.log").open("ab") as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    from localaws.ministack import threads  # noqa: PLC0415

    home.keep_temporary_files(settings.home)
    threads.start_again()
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    code = 1
    try:
        run(settings, root)
        code = 0
    except BaseException:
        logging.getLogger(__name__).exception("The local AWS has ended")
    finally:
        os._exit(code)


def _end_with(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end(settings: Settings, pid: int) -> None:
    """Kill a local AWS and what it has started; its state is not needed any more."""
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(_LIFELINES.pop(pid))
    for region in settings.used_regions():
        for folder in (region.jobs, region.endpoints, region.builds):
            if folder.is_dir():  # looking through all processes takes longer than a start
                container.kill_left_over(folder)


def _last_line(settings: Settings) -> str:
    return "".join((settings.home / "localaws.log").read_text(encoding="utf-8", errors="replace").splitlines()[-1:])


if __name__ == "__main__":
    main()

"""Log lines as the algorithm on AWS writes them: ``[07/14/2020 22:20:42 INFO 1405] Epoch[0] ...``."""

import threading
from datetime import UTC, datetime


def log(text: str) -> None:
    """Print a line for information. It is flushed, so that a watcher sees it when it happens."""
    _write("INFO", text)


def log_warning(text: str) -> None:
    """Print a line about something that was accepted but will not do what it says."""
    _write("WARNING", text)


def log_error(text: str) -> None:
    """Print a line about the failure that ends the job."""
    _write("ERROR", text)


def format_line(text: str) -> str:
    """A line for information, for who prints many at once."""
    return _format("INFO", text)


def _write(level: str, text: str) -> None:
    print(_format(level, text), flush=True)


def _format(level: str, text: str) -> str:
    now = datetime.now(UTC).strftime("%m/%d/%Y %H:%M:%S")
    return f"[{now} {level} {threading.get_ident()}] {text}"

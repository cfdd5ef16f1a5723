"""What a command prints on a terminal of some width, as a person reads it."""

from __future__ import annotations

import re
import sys

import pytest

_STYLE = re.compile(r"\x1b\[[0-9;]*m")


class Terminal:
    """Stands for the terminal that standard output is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int) -> None:
        self._capsys = capsys
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)

    def read(self) -> list[str]:
        """The lines since the last time, without colours."""
        return _STYLE.sub("", self.read_styled()).splitlines()

    def read_styled(self) -> str:
        """The same with the terminal's own words for colours."""
        return self._capsys.readouterr().out

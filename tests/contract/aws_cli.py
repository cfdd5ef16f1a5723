"""Runs commands of the AWS CLI 1 in one process of its environment: a start, and to read a model, takes long.

Reads a JSON list of commands, each a list of words, and writes a list of [exit code, output, error output].
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver

DRIVER = create_clidriver()


def run(words: list[str]) -> tuple[int, str, str]:
    """One command: its exit code and what it wrote."""
    said, failed = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(failed):
        try:
            code = DRIVER.main(words)
        except SystemExit as ended:
            code = ended.code
    return int(code or 0), said.getvalue(), failed.getvalue()


if __name__ == "__main__":
    json.dump([run(words) for words in json.load(sys.stdin)], sys.stdout)

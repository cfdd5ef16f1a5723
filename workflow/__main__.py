"""`python -m workflow` writes inference.asl.json and bulk.asl.json beside this file."""

from __future__ import annotations

import json
from pathlib import Path

from workflow import bulk, inference

FOLDER = Path(__file__).parent
BUILDERS = {"inference.asl.json": inference.build, "bulk.asl.json": bulk.build}


def text(file: str) -> str:
    """The content of one of the two files as it is built now."""
    return json.dumps(BUILDERS[file](), indent=2) + "\n"


def main() -> None:
    """Write both files."""
    for file in BUILDERS:
        (FOLDER / file).write_text(text(file), encoding="utf-8")


if __name__ == "__main__":
    main()

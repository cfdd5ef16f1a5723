"""The one name that an installation has: what its commands call, wherever the project's packages lie.

A wheel has the packages within this folder (see setup.py), a checkout beside it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

_HERE = Path(__file__).parent
ROOT = _HERE if (_HERE / "console").is_dir() else _HERE.parent
"""The folder of the packages, and of the files that they read."""


def main() -> int:
    """Run `scones`."""
    return _run("console.__main__")


def get_pipeline_definition() -> int:
    """Run `get-pipeline-definition`."""
    return _run("pipelines.get_pipeline_definition")


def run_pipeline() -> int:
    """Run `run-pipeline`."""
    return _run("pipelines.run_pipeline")


def _run(module: str) -> int:
    # First, as the packages' names are common ones: the working directory or the environment may have such, too.
    sys.path.insert(0, str(ROOT))
    code: int = import_module(module).main()
    return code

"""What the distribution of the local AWS alone calls: its command.

Its wheel puts this module, `common` and `localaws` into the same folder as the whole project's wheel puts the rest, so
that an environment with both has each once (see docs/decisions/0034-the-local-aws-is-a-distribution.md).
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

_HERE = Path(__file__).parent
ROOT = _HERE if (_HERE / "localaws").is_dir() else _HERE.parent
"""The folder of the packages: beside this module in an installation, above it in a checkout."""


def main() -> int:
    """Run `localaws`."""
    # First, as `common` is a common name: the working directory or the environment may have one, too.
    sys.path.insert(0, str(ROOT))
    code: int = import_module("localaws.command.__main__").main()
    return code


if __name__ == "__main__":
    sys.exit(main())

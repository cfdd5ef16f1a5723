"""Runs the model server of a framework: ``python3 .../inference_toolkit/__main__.py sklearn``.

It is started by its path in the image's environment, which has none of our packages: they are shown for these imports
alone, so that a user's module finds nothing of ours.
"""

import sys
from pathlib import Path

_PACKAGES = str(Path(__file__).resolve().parents[2])
# A script's own folder comes first, and its modules would be found by bare names.
sys.path[:] = [_PACKAGES, *(path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent)]

from localaws.inference_toolkit.server import main  # noqa: E402

sys.path.remove(_PACKAGES)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""`python -m scones` is `scones`."""

import sys

from scones import main

if __name__ == "__main__":
    sys.exit(main())

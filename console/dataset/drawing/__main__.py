"""`python -m console.dataset.drawing`: draw the records of the labels on standard input, onto standard output.

Input is a JSON list of [seed, number of the image, its fine label]; output one record after the other, in that order.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress

from console.dataset.drawing.record import draw_record

if __name__ == "__main__":
    with suppress(BrokenPipeError):  # nobody waits for the rest
        for seed, number, fine in json.load(sys.stdin):
            os.write(sys.stdout.fileno(), draw_record(seed, number, fine))

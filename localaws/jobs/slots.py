"""How many jobs run at once on this machine; the others wait, as they wait for capacity on AWS."""

from __future__ import annotations

import os
import threading

COUNT = int(os.environ.get("SCONES_MAX_JOBS", "0")) or max(2, os.cpu_count() or 1)
SLOTS = threading.BoundedSemaphore(COUNT)

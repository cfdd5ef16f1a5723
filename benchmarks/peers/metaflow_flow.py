"""Trivial steps in Metaflow, whose flows are classes: this writes one and runs it.

A flow has a start and an end, so it has two steps at least.
"""

import subprocess
import sys
from pathlib import Path

STEP = '    @step\n    def {name}(self):\n        """Do nothing."""\n{next}\n'


def flow(steps: int) -> str:
    """The source of a flow."""
    names = ["start", *(f"step{number}" for number in range(steps - 2)), "end"]
    parts = [
        STEP.format(name=name, next=f"        self.next(self.{after})\n" if after else "")
        for name, after in zip(names, [*names[1:], ""], strict=True)
    ]
    head = "from metaflow import FlowSpec, step\n\n\nclass Steps(FlowSpec):\n"
    return head + "".join(parts) + '\nif __name__ == "__main__":\n    Steps()\n'


if __name__ == "__main__":
    Path("steps_flow.py").write_text(flow(max(2, int(sys.argv[1]))), encoding="utf-8")
    words = ["--quiet", "--no-pylint", "run"]
    raise SystemExit(subprocess.run([sys.executable, "steps_flow.py", *words], check=False).returncode)

"""How quickly the command answers: `scones --help` as a whole process, beside Python alone.

python -m benchmarks.command [--rounds 9]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time


def main() -> None:
    """Measure both in turn and print medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    commands = {
        "scones --help": [sys.executable, "-m", "console", "--help"],
        "scones run --help": [sys.executable, "-m", "console", "run", "--help"],
        "python -c pass": [sys.executable, "-c", "pass"],
        "import sagemaker": [sys.executable, "-c", "import sagemaker"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds[name].append(time.perf_counter() - started)
    print(f"whole process, seconds (median of {rounds}; least, most)")
    for name, values in seconds.items():
        print(f"  {name:<20} {statistics.median(values):7.3f}   {min(values):7.3f} {max(values):7.3f}")


if __name__ == "__main__":
    main()

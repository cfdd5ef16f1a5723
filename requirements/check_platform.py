"""Says in one sentence why this machine cannot run the project, before pip says it in a hundred lines."""

import platform
import sys

MXNET_WHEELS = {("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "x86_64")}


def problem(version: tuple[int, ...], system: str, machine: str) -> str | None:
    """The reason in words, or None where everything can be installed."""
    if version[:2] not in ((3, 11), (3, 12)):
        given = ".".join(map(str, version[:2]))
        return f"Python {given} was found; 3.11 or 3.12 is needed: install one and run `make PYTHON=python3.11 ...`."
    if (system, machine) not in MXNET_WHEELS:
        return (
            f"MXNet 1.9.1 has no wheel for {system} {machine}; use Linux (x86_64 or aarch64) or an Intel Mac, or "
            "work in a Linux container or virtual machine on this one."
        )
    return None


if __name__ == "__main__":
    sys.exit(problem(sys.version_info[:3], platform.system(), platform.machine()))

"""Says in one sentence why this machine cannot run the project, before pip says it in a hundred lines."""

import platform
import sys

MACHINES = {("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"), ("Darwin", "x86_64")}
MACOS = 14  # ONNX Runtime's wheel asks for it


def problem(version: tuple[int, ...], system: str, machine: str, macos: str = "") -> str | None:
    """The reason in words, or None where everything can be installed; `macos` is the system's release, such as 14.5."""
    if version[:2] not in ((3, 11), (3, 12)):
        given = ".".join(map(str, version[:2]))
        return f"Python {given} was found; 3.11 or 3.12 is needed: install one and run `make PYTHON=python3.11 ...`."
    if (system, machine) not in MACHINES:
        return (
            f"This is {system} on {machine}; the packages have wheels for Linux (x86_64, aarch64) and macOS (arm64, "
            "x86_64): work in a Linux container or virtual machine."
        )
    if macos and int(macos.partition(".")[0]) < MACOS:
        return f"This is macOS {macos}; ONNX Runtime needs {MACOS} or newer: update, or work in a Linux container."
    return None


if __name__ == "__main__":
    sys.exit(problem(sys.version_info[:3], platform.system(), platform.machine(), platform.mac_ver()[0]))

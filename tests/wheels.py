"""Tiny wheels that tests make themselves, so that pip has something to install without a network."""

from __future__ import annotations

import zipfile
from pathlib import Path


def write_wheel(folder: Path, name: str, version: str, files: dict[str, str], scripts: str = "") -> Path:
    """A wheel of Python files; `scripts` are lines of console_scripts such as `tiny=tiny:main`."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    written = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **({f"{info}/entry_points.txt": f"[console_scripts]\n{scripts}\n"} if scripts else {}),
    }
    record = "".join(f"{path},,\n" for path in [*written, f"{info}/RECORD"])
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**written, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    return wheel


def put_wheel(wheel: Path, packages: Path) -> None:
    """Put a wheel's files into a folder of packages, as an installation does."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)

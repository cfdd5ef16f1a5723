"""The user's module: where its code lies, and how it is imported."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

DEFAULT = "inference"
FOR_SCRIPTS = str(Path(__file__).with_name("for_scripts"))
"""Packages of AWS's images that scripts import, where they are not installed."""


def base_directory() -> Path:
    """The directory that stands for /opt/ml."""
    return Path(os.environ.get("OPT_ML") or os.environ.get("SAGEMAKER_BASE_DIR") or "/opt/ml")


def list_code_folders() -> list[Path]:
    """Where modules are looked for: what SAGEMAKER_SUBMIT_DIRECTORY names, and `code` in the model's archive.

    An archive in S3 was unpacked into /opt/ml/code by who started the container.
    """
    base = base_directory()
    submitted = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY", "")
    named = (
        base / "code"
        if submitted.startswith("s3://")
        else Path(submitted.replace("file://", ""))
        if submitted
        else None
    )
    folders = [named, base / "model" / "code", base / "code"]
    return [folder for folder in dict.fromkeys(folders) if folder is not None and folder.is_dir()]


def find_user_module(required: bool) -> ModuleType | None:
    """Import SAGEMAKER_PROGRAM's module, or `inference`; None where there is none and none is required.

    Raises ModuleNotFoundError with what to give, and whatever the module raises.
    """
    program = os.environ.get("SAGEMAKER_PROGRAM", "")
    folders = list_code_folders()
    sys.path[:0] = [str(folder) for folder in folders]
    sys.path.append(FOR_SCRIPTS)
    name = (program or f"{DEFAULT}.py").rsplit("/", 1)[-1]
    name = name[:-3] if name.endswith(".py") else name
    if importlib.util.find_spec(name) is None:
        if required or program:
            searched = ", ".join(map(str, folders)) or "a folder code in the model's archive, which has none"
            raise ModuleNotFoundError(
                f"There is no {name}.py in {searched}: name the script in SAGEMAKER_PROGRAM, and put it there."
            )
        return None
    return importlib.import_module(name)

"""What runs in an image's place: its words, its interpreter and the environment that its packages are in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localaws.images.docker import DockerImage
from localaws.images.environments.environment import Environment


@dataclass(frozen=True)
class Program:
    """A container's program.

    `python` is the interpreter that stands for the image's `python3`, and its folder is first on PATH; `readable` are
    folders that the program needs beside the system's and the interpreter's own; `variables` are what the image
    itself sets, which a job's own variables replace; `directory` is where it starts, which is / in SageMaker's images.

    `environment` says which packages it finds. Who starts the program has them made by
    `localaws.images.preparing.prepare`, which answers the same program with `python`, `readable` and `variables` set,
    and with `writable`: folders of this one container, outside of its /opt/ml, that it may write and nobody else sees
    (pip installs there). All that is in `readable`, the product's packages among them, is never to be written.

    Where `docker` is given the image itself runs, and nothing else here counts but `variables`.
    """

    argv: tuple[str, ...]
    python: Path = Path(sys.executable)
    readable: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    environment: Environment | None = None
    writable: tuple[Path, ...] = ()
    directory: str = "/"
    docker: DockerImage | None = None

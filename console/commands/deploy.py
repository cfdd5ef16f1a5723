"""`scones deploy`: bring the project's stack up to date, with the functions' code and their layer."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from console.target import Target, choose

RUNTIME = "3.12"


def add_arguments(parser: ArgumentParser) -> None:
    """Parameters of the template."""
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a template parameter")


def run(options: Namespace) -> int:
    """Deploy; on the laptop the functions run without a layer, on the packages of this environment."""
    from pipelines.start import parse_overrides
    from seedcode.stack.deployment import LAPTOP, deploy

    target = choose(options.target)
    own = LAPTOP if target.local else {"PythonRuntime": f"python{RUNTIME}"}
    parameters = {**own, **parse_overrides(options.set)}
    layer = None if target.local else _layer()
    outputs = deploy(target.client("cloudformation"), target.client("s3"), target.project.project, parameters, layer)
    _print(target, outputs)
    return 0


def _layer() -> bytes:
    from seedcode.packaging.layer import build_layer

    with TemporaryDirectory() as folder:
        return build_layer(RUNTIME, folder=Path(folder)).read_bytes()


def _print(target: Target, outputs: dict[str, str]) -> None:
    print(f"The stack {target.project.project} is deployed:")
    for name, value in outputs.items():
        print(f"  {name}  {value}")

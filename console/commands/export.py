"""`scones export`: a registered version as a file that other programs run."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from console.commands import Command, add_version
from console.errors import CommandError
from console.target import choose

_DEFAULT = Path()  # a folder, which no file can be


def export(options: Namespace) -> int:
    """Write a version's network as ONNX, and say what it takes and answers."""
    from common.artifact.onnx import build_onnx
    from common.labels import LABELS
    from console import endpoint, registry
    from console.artifact import fetch_model

    target = choose(options.target)
    version = endpoint.get_number(target, options.version)
    path = Path(f"{target.project.model_package_group}-v{version}.onnx") if options.onnx == _DEFAULT else options.onnx
    if path.exists():
        raise CommandError(f"{path} is there already; remove it, or name another file after --onnx.")
    arn = registry.get_summary(target, version)["ModelPackageArn"]
    package = target.client("sagemaker").describe_model_package(ModelPackageName=arn)
    model, digest = fetch_model(target, package)
    if model.classes != len(LABELS):
        raise CommandError(f"Version {version} answers {model.classes} classes, where {len(LABELS)} have names.")
    notes = {
        "model_package": arn,
        "artifact_sha256": digest,
        "labels": ",".join(LABELS),
        "input": "RGB from 0 to 255, resized and cropped to the input's size",
    }
    # The file appears when it is whole: one that is there is not written again.
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(build_onnx(model, notes))
    part.replace(path)
    shape, output = model.input_shape, model.graph.nodes[model.graph.output].name
    print(
        f"Wrote version {version} to {path} ({path.stat().st_size:,} bytes): input data, float32 (batch, {shape[0]}, "
        f"{shape[1]}, {shape[2]}) of RGB from 0 to 255; output {output}, float32 (batch, {model.classes}), the "
        f"probabilities of {', '.join(LABELS)}."
    )
    return 0


def _add_arguments(parser: ArgumentParser) -> None:
    add_version(parser)
    parser.add_argument(
        "--onnx",
        type=Path,
        nargs="?",
        const=_DEFAULT,
        required=True,
        metavar="FILE",
        help="as ONNX, to a file (default: <model group>-v<version>.onnx)",
    )


COMMANDS = {"export": Command(export, _add_arguments)}

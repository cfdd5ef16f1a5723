"""Everything that a deployment is made of, as files with the same bytes wherever and whenever they are built."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.code import build_archives
from seedcode.packaging.function import build_function, list_functions
from seedcode.packaging.layer import build_layer

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
MANIFEST = "manifest.json"


def build_artifacts(*, python: str | None = None) -> dict[str, bytes]:
    """Build every artifact by its path; the layer only for a given Python, since that needs a package index."""
    files = {f"containers/{archive.package}.pyz": archive.content for archive in build_archives()}
    with TemporaryDirectory() as folder:
        for name in list_functions():
            files[f"functions/{name}.zip"] = build_function(name, folder=Path(folder)).read_bytes()
        if python:
            files["layer.zip"] = build_layer(python, folder=Path(folder)).read_bytes()
        files |= _build_seed(Path(folder))
    return files | {"template.yaml": TEMPLATE.read_bytes()}


def _build_seed(folder: Path) -> dict[str, bytes]:
    """The seed of new repositories; a seeded repository makes no seeds itself."""
    if find_spec("seedcode.seed") is None:
        return {}
    build_seed = import_module("seedcode.seed.seed").build_seed
    return {"seed.zip": build_seed(folder).read_bytes()}


def write_artifacts(files: Mapping[str, bytes], folder: Path) -> str:
    """Write the artifacts and their manifest into a folder; return the manifest."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    manifest = describe_artifacts(files)
    (folder / MANIFEST).write_text(manifest, encoding="utf-8")
    return manifest


def describe_artifacts(files: Mapping[str, bytes]) -> str:
    """The manifest: each file with its digest and size, in an order that does not change."""
    entries = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(files.items())
    }
    return json.dumps({"files": entries}, indent=2) + "\n"

"""An image of the environment that runs this: what a laptop's registry gets, where no Docker engine builds one.

A container is a process of this environment there (docs/decisions/0001), so nothing is installed into the image. It is
a whole image all the same, by the rules of https://github.com/opencontainers/image-spec, as small as the programs.
"""

import gzip
import hashlib
import io
import json
import platform
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.markers import Marker

from seedcode.image.content import DOCKERFILE, LOCK, list_files

MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG_TYPE = "application/vnd.docker.container.image.v1+json"
_LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_PROGRAM = Path("opt/program")  # the Dockerfile's WORKDIR
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
_PINNED = re.compile(r"^([a-z0-9._-]+)==\S+(?: ; ([^\\\n]+))?", re.MULTILINE)


@dataclass(frozen=True)
class Image:
    """An image as a registry takes it: its blobs, and the manifest that names them by their digests."""

    config: bytes
    layer: bytes

    @property
    def manifest(self) -> str:
        """The manifest's JSON, the same for the same content."""
        layers = [_describe(_LAYER_TYPE, self.layer)]
        config = _describe(_CONFIG_TYPE, self.config)
        return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config, "layers": layers})


def describe_environment(tag: str, root: Path) -> Image:
    """Make the image of a checkout's programs and of the packages that are installed beside this Python."""
    files = _tar({path: (root / path).read_bytes() for path in list_files(root)})
    return Image(json.dumps(_configure(tag, root, files)).encode(), gzip.compress(files, mtime=0))


def _configure(tag: str, root: Path, files: bytes) -> dict[str, object]:
    return {
        "architecture": _MACHINES.get(platform.machine(), platform.machine()),
        "os": platform.system().lower(),
        "config": {
            "Entrypoint": ["python3", "-m", "monitoring"],
            "WorkingDir": f"/{_PROGRAM}",
            "Labels": {
                "scones.tag": tag,
                "scones.dockerfile": _digest((root / DOCKERFILE).read_bytes()),
                "scones.lock": _digest((root / LOCK).read_bytes()),
                "scones.python": platform.python_version(),
                "scones.packages": _list_packages((root / LOCK).read_text(encoding="utf-8")),
            },
        },
        "rootfs": {"type": "layers", "diff_ids": [_digest(files)]},
        "history": [{"created_by": "python -m seedcode image", "comment": "this environment; nothing was built"}],
    }


def _list_packages(lock: str) -> str:
    """Name what is installed of the lock's packages, each as name==version; some are for other platforms alone."""
    names = [name for name, marker in _PINNED.findall(lock) if not marker or Marker(marker).evaluate()]
    return " ".join(f"{name}=={_installed(name)}" for name in names)


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _tar(files: Mapping[Path, bytes]) -> bytes:
    """Pack files below the image's program folder; the archive does not know its age or who packed it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo((_PROGRAM / path).as_posix())
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _describe(media_type: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "size": len(blob), "digest": _digest(blob)}


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"

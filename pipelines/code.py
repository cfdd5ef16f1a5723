"""The processing containers' code: two archives with the same bytes wherever and whenever they are built.

SageMaker hashes an input's address, not its content, into the cache key. An archive under the name of its own
sha256 therefore misses the cache when the code changed, and only then.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from common.aws_errors import find_resource
from pipelines.clients import Client
from pipelines.errors import PipelineError
from pipelines.settings import Settings

PACKAGES = ("processing", "evaluation")
SHARED = "common"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name
READABLE = 0o644 << 16
MAIN = '''"""Run `{package}` from its archive."""

import runpy

runpy.run_module("{package}", run_name="__main__", alter_sys=True)
'''


@dataclass(frozen=True)
class Archive:
    """A package's code as one file that `python3` runs."""

    package: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The content's digest, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def key(self) -> str:
        """The archive's key in the project's bucket."""
        return f"code/{self.sha256}/{self.package}.pyz"


@dataclass(frozen=True)
class CodeLocations:
    """Where the steps find their code in S3."""

    processing: str
    evaluation: str


def build_archive(package: str, folder: Path | None = None) -> Archive:
    """Pack a package (by default the installed one) and what all share; the archive does not know its age."""
    folders = {package: folder or _find_folder(package), SHARED: _find_folder(SHARED)}
    buffer = io.BytesIO()
    # Stored, not deflated: compressed bytes differ between zlib versions, and code is small.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, "__main__.py", MAIN.format(package=package).encode())
        for name, packed in sorted(folders.items()):
            _add_folder(archive, name, packed)
    return Archive(package, buffer.getvalue())


def build_archives() -> list[Archive]:
    """Pack every package that runs in the project's own image."""
    return [build_archive(package) for package in PACKAGES]


def locate_code(settings: Settings, archives: list[Archive]) -> CodeLocations:
    """Return the archives' addresses; nothing is uploaded."""
    return CodeLocations(**{archive.package: f"s3://{settings.bucket}/{archive.key}" for archive in archives})


def upload_code(s3: Client, settings: Settings, archives: list[Archive]) -> CodeLocations:
    """Put the archives that are not in the bucket yet, and return their addresses."""
    for archive in archives:
        if find_resource(s3.head_object, Bucket=settings.bucket, Key=archive.key) is None:
            s3.put_object(Bucket=settings.bucket, Key=archive.key, Body=archive.content)
    return locate_code(settings, archives)


def _find_folder(package: str) -> Path:
    """Return the folder of an importable package without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise PipelineError(f"The package {package} cannot be found; run this from the project's checkout.")
    return Path(spec.origin).parent


def _add_folder(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            _add(archive, f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.external_attr = READABLE
    entry.create_system = 3  # Unix, also where the archive is built on another system
    archive.writestr(entry, content)

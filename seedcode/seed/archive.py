"""The seed as a zip, which CloudFormation puts into a new repository of CodeCommit."""

from pathlib import Path

from seedcode.packaging.archive import MEGABYTE, Limit, write_archive
from seedcode.seed.manifest import CHECKOUT, read_files

LIMIT = Limit(packed=10 * MEGABYTE, unpacked=10 * MEGABYTE)


def build_seed(folder: Path | None = None, root: Path = CHECKOUT) -> Path:
    """Pack the seed; return `<folder>/seed-<sha256>.zip`, by default in `dist/`. The same files make the same bytes."""
    return write_archive("seed", read_files(root), LIMIT, folder or root / "dist")

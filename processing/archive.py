"""Find and read the one .tar.gz of a job, which nobody vouches for: as a stream, member by member."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.archives import BadArchive, Limits, Member, read_tar
from common.jobs import Refusal

LIMITS = Limits(members=64, file_bytes=4 << 30, total_bytes=8 << 30)
PUBLISHED = "the published cifar-100-binary.tar.gz"


def find(directory: Path) -> Path:
    """The one archive in a directory; refuses none and several."""
    found = sorted(directory.glob("*.tar.gz")) if directory.is_dir() else []
    if len(found) == 1:
        return found[0]
    given = ", ".join(path.name for path in found) or "no such file"
    raise Refusal(
        f"{directory} holds {given}, where exactly one *.tar.gz is allowed: "
        "point the archive input at a folder with only the archive in CIFAR-100's binary layout."
    )


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Member]]:
    """Open an archive for one pass over its files, each read before the next is asked for; refuses a bad archive.

    A pass to the end has verified the archive's checksum.
    """
    try:
        with path.open("rb") as stream:
            yield (member for member in read_tar(stream, LIMITS) if not member.is_directory)
    except BadArchive as error:
        size = path.stat().st_size
        raise Refusal(f"{path.name} ({size:,} bytes) cannot be used, as {error}: give {PUBLISHED}.") from error

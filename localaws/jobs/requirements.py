"""requirements.txt beside a job's code, as a layer of its environment: what one job had installed the next one finds.

AWS's toolkits install the file at each start, and do so here as well: pip then finds all of it satisfied. A file with
more than packages of an index in it (options of pip, paths, addresses), or with one that has to be built, is left to
them: a layer is installed by the local AWS, outside of the job's namespaces, and to build a package is to run its code.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from common.archives import BadArchive, Limits, read_tar
from localaws.images.environments.environment import PRODUCT
from localaws.images.program import Program

FILE = "requirements.txt"
# A name, perhaps with extras, and which versions: https://peps.python.org/pep-0508/.
_PACKAGE = re.compile(r"[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*($|[<>=!~;(])")
_LIMITS = Limits(members=20_000, file_bytes=512 << 20, total_bytes=512 << 20)


def with_packed_requirements(program: Program, archive: Path) -> Program:
    """The program with what the requirements.txt in a .tar.gz of code asks for, if there is one."""
    text = _find_packed(archive) if program.docker is None and archive.is_file() else None
    packages = parse_packages(text) if text else None
    if not packages:
        return program
    return replace(program, environment=(program.environment or PRODUCT).with_wheels(packages, needed=False))


def parse_packages(text: str) -> list[str] | None:
    """The packages of a requirements.txt; None where it has more than names and versions."""
    lines = [re.split(r"(?:^|\s)#", line)[0].strip() for line in text.splitlines()]
    wanted = [line for line in lines if line]
    return wanted if all(_PACKAGE.match(line) and " --" not in line for line in wanted) else None


def _find_packed(archive: Path) -> str | None:
    try:
        with archive.open("rb") as file:
            for member in read_tar(file, _LIMITS):
                if member.name.removeprefix("./") == FILE and not member.is_directory:
                    return b"".join(member.blocks()).decode("utf-8", errors="replace")
    except BadArchive:
        # Who unpacks it says so.
        return None
    return None

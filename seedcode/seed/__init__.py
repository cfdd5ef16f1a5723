"""What a new project's repository starts from: a list of files, written into a folder or packed for CodeCommit."""

from seedcode.seed.archive import build_seed
from seedcode.seed.errors import SeedError
from seedcode.seed.write import write_seed

__all__ = ["SeedError", "build_seed", "write_seed"]

"""Where interpreters keep their packages, also those that an environment borrows of another by a .pth file."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from localaws.environment import PACKAGES
from localaws.images.environments.interpreters import get_interpreter


@pytest.fixture
def environment(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The Python of an environment, its folder of packages, and that of another which it borrows."""
    venv.create(tmp_path / "own", with_pip=False, symlinks=True)
    (packages,) = (tmp_path / "own").glob("lib/python*/site-packages")
    lent = tmp_path / "lent" / "site-packages"
    lent.mkdir(parents=True)
    (packages / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
    return tmp_path / "own" / "bin" / "python", packages, lent


def test_a_named_one_has_those_that_it_borrows(environment: tuple[Path, Path, Path]) -> None:
    python, packages, lent = environment
    assert get_interpreter(python).sites == (packages, lent)


def test_the_product_s_own_has_those_that_it_borrows(environment: tuple[Path, Path, Path]) -> None:
    python, packages, lent = environment
    program = (
        f"import sys; sys.path.insert(0, {PACKAGES!r})\n"
        "from localaws.images.environments.interpreters import get_own\n"
        "print(*get_own().sites)"
    )
    # What our modules import lies in this environment.
    Path(packages, "this.pth").write_text("\n".join(name for name in sys.path if name.endswith("-packages")))
    said = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert said[:2] == [str(packages), str(lent)]

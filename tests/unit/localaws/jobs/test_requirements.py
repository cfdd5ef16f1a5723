"""requirements.txt beside a job's code: which of them become a layer of the job's environment."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from localaws.images.docker import DockerImage
from localaws.images.environments.environment import PRODUCT, of_packages
from localaws.images.program import Program
from localaws.jobs.requirements import parse_packages, with_packed_requirements

PROGRAM = Program(("python3", "a.py"), environment=of_packages(["torch"]))


def _pack(folder: Path, **files: str) -> Path:
    archive = folder / "sourcedir.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        for name, text in files.items():
            member = tarfile.TarInfo(name.replace("_", "."))
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text.encode()))
    return archive


def test_packages_that_the_code_asks_for_are_a_layer_above_the_images(tmp_path: Path) -> None:
    archive = _pack(tmp_path, train_py="", requirements_txt="polars==1.0 # fast\n\n# more\npyarrow\n")
    environment = with_packed_requirements(PROGRAM, archive).environment
    assert environment == of_packages(["torch"]).with_wheels(["polars==1.0", "pyarrow"])


def test_a_program_on_the_products_packages_gets_them_above_these(tmp_path: Path) -> None:
    archive = _pack(tmp_path, requirements_txt="polars")
    program = with_packed_requirements(Program(("python3", "a.py")), archive)
    assert program.environment == PRODUCT.with_wheels(["polars"])


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "-r more.txt\npolars", "./wheels/own.whl", "--index-url http://x\na"]
)
def test_a_file_with_more_than_packages_is_left_to_the_jobs_own_pip(tmp_path: Path, text: str) -> None:
    assert with_packed_requirements(PROGRAM, _pack(tmp_path, requirements_txt=text)) == PROGRAM


def test_nothing_is_asked_for_without_the_file_or_by_an_image_that_docker_runs(tmp_path: Path) -> None:
    assert with_packed_requirements(PROGRAM, tmp_path / "absent.tar.gz") == PROGRAM
    assert with_packed_requirements(PROGRAM, _pack(tmp_path, train_py="")) == PROGRAM
    (tmp_path / "sourcedir.tar.gz").write_bytes(b"none")
    assert with_packed_requirements(PROGRAM, tmp_path / "sourcedir.tar.gz") == PROGRAM
    own = Program((), docker=DockerImage("own", (), ("train",)))
    assert with_packed_requirements(own, _pack(tmp_path, requirements_txt="polars")) == own


@pytest.mark.parametrize(
    ("line", "is_package"),
    [
        ("scikit-learn", True),
        ("uvicorn[standard]>=0.2,<1", True),
        ("torch == 2.3 ; python_version > '3.8'", True),
        ("own @ https://example.com/own.tar.gz", False),
        ("own @ git+https://example.com/own", False),
        ("own @ ./own", False),
        ("https://example.com/own.whl", False),
        (".", False),
        ("-e .", False),
        ("numpy==1.26.4 --hash=sha256:0", False),
    ],
)
def test_what_a_package_is(line: str, is_package: bool) -> None:
    assert (parse_packages(line) is not None) == is_package

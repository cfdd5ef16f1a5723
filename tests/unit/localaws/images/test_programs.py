"""Images: which program stands for which."""

from __future__ import annotations

from pathlib import Path

import pytest

from localaws.failures import ClientFailure
from localaws.images.builtin import is_builtin, repository
from localaws.images.program import Program
from localaws.images.programs import find_program

BUILTIN = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
OWN = "registry/own@sha256:abc"


@pytest.mark.parametrize(
    ("image", "name"),
    [(BUILTIN, "image-classification"), (OWN, "own"), ("own", "own"), ("localhost:5000/team/own:2", "own")],
)
def test_the_repository_is_read_from_an_image(image: str, name: str) -> None:
    assert repository(image) == name


def test_the_built_in_algorithm_has_its_stand_in(tmp_path: Path) -> None:
    assert is_builtin(BUILTIN)
    program = find_program(tmp_path, BUILTIN, "train", None, None)
    assert program == Program(("python3", "-m", "localaws.algorithms.image_classification", "train"))


def test_an_entry_point_runs_with_its_arguments(tmp_path: Path) -> None:
    assert find_program(tmp_path, OWN, "process", ["python3", "a.py"], ["--x", "1"]) == Program(
        ("python3", "a.py", "--x", "1")
    )
    assert find_program(tmp_path, OWN, "process", ["sh"], None) == Program(("sh",))


def test_an_image_may_be_mapped_to_a_program(tmp_path: Path) -> None:
    (tmp_path / "images.json").write_text('{"own": ["python3", "p.py"]}')
    assert find_program(tmp_path, OWN, "serve", None, None) == Program(("python3", "p.py", "serve"))
    assert find_program(tmp_path, OWN, "serve", None, ["--x"]) == Program(("python3", "p.py", "--x"))


def test_an_image_without_a_program_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ClientFailure) as caught:
        find_program(tmp_path, OWN, "train", None, None)
    assert "cannot run here: there is no Docker" in str(caught.value)
    assert f'{tmp_path / "images.json"}, such as {{"own": ["python3"' in str(caught.value)


@pytest.mark.parametrize("content", ["{", "[]", '{"own": "python3"}', '{"own": [1]}'])
def test_a_broken_map_is_refused_with_its_place(tmp_path: Path, content: str) -> None:
    (tmp_path / "images.json").write_text(content)
    with pytest.raises(ClientFailure, match=r"images.json is not"):
        find_program(tmp_path, OWN, "train", None, None)

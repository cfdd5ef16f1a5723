"""images.json: what it may say, which entry is taken, and that what it says in error is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localaws.failures import ClientFailure
from localaws.images.mapping import Mapped, find_mapped, load_mapping, save_mapping

URI = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


def test_the_most_exact_entry_is_taken() -> None:
    repository, tag, whole = Mapped(("a",)), Mapped(("b",)), Mapped(("c",))
    mapping = {"sagemaker-scikit-learn": repository}
    assert find_mapped(mapping, URI) == ("sagemaker-scikit-learn", repository)
    mapping["sagemaker-scikit-learn:1.2-1-cpu-py3"] = tag
    assert find_mapped(mapping, URI) == ("sagemaker-scikit-learn:1.2-1-cpu-py3", tag)
    mapping[URI] = whole
    assert find_mapped(mapping, URI) == (URI, whole)


def test_an_image_without_a_tag_is_the_latest() -> None:
    assert find_mapped({"own:latest": Mapped(("a",))}, "registry:5000/team/own") is not None
    assert find_mapped({"own:latest": Mapped(("a",))}, "registry:5000/team/own:2") is None


def test_what_is_saved_is_loaded_again(tmp_path: Path) -> None:
    mapping = {
        "a": Mapped(("python3", "p.py")),
        "b": Mapped(("run",), Path("/opt/bin/python"), ("x==1",), Path("/opt/requirements.txt")),
        "c": Mapped(docker=True),
    }
    save_mapping(tmp_path, mapping)
    assert load_mapping(tmp_path) == mapping
    assert json.loads((tmp_path / "images.json").read_text())["a"] == ["python3", "p.py"]
    assert [file.name for file in tmp_path.iterdir()] == ["images.json"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a map"),
        ('{"own": "python3"}', "is not a list of words or an object"),
        ('{"own": {}}', "is not a list of words or an object"),
        ('{"own": []}', "it must be a list of words"),
        ('{"own": [1]}', "each word must be text"),
        ('{"own": {"package": ["x"]}}', "has package, which is no member; allowed are program, python"),
        ('{"own": {"packages": "x"}}', "packages are not right"),
        ('{"own": {"packages": ["--index-url=http://x"]}}', "is no package"),
        ('{"own": {"python": "bin/python"}}', "it must be an absolute path"),
        ('{"own": {"docker": 1}}', "docker is 1; it must be true or false"),
        ('{"own": {"docker": true, "packages": ["x"]}}', "leave out the other members"),
    ],
)
def test_a_map_that_is_not_right_is_refused_with_its_place(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "images.json").write_text(content)
    with pytest.raises(ClientFailure) as caught:
        load_mapping(tmp_path)
    assert str(tmp_path / "images.json") in str(caught.value)
    assert words in str(caught.value)

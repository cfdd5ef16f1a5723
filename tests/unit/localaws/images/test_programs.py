"""Images: which program stands for which, and in which environment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localaws.failures import ClientFailure
from localaws.images.builtin import find_algorithm, repository
from localaws.images.environments.environment import PRODUCT, Environment, of_packages
from localaws.images.program import Program
from localaws.images.programs import find_program

BUILTIN = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
OWN = "registry/own@sha256:abc"


def _map(home: Path, mapping: object) -> None:
    (home / "images.json").write_text(json.dumps(mapping), encoding="utf-8")


@pytest.mark.parametrize(
    ("image", "name"),
    [(BUILTIN, "image-classification"), (OWN, "own"), ("own", "own"), ("localhost:5000/team/own:2", "own")],
)
def test_the_repository_is_read_from_an_image(image: str, name: str) -> None:
    assert repository(image) == name


def test_the_built_in_algorithm_has_its_stand_in(tmp_path: Path) -> None:
    assert find_algorithm(BUILTIN)
    assert find_algorithm(OWN) is None
    program = find_program(tmp_path, BUILTIN, "train", None, None)
    assert program == Program(("python3", "-m", "localaws.algorithms.image_classification", "train"))


def test_an_entry_point_runs_with_its_arguments_on_the_products_packages(tmp_path: Path) -> None:
    assert find_program(tmp_path, OWN, "process", ["python3", "a.py"], ["--x", "1"]) == Program(
        ("python3", "a.py", "--x", "1"), environment=PRODUCT
    )
    assert find_program(tmp_path, OWN, "process", ["sh"], None).argv == ("sh",)


def test_an_image_may_be_mapped_to_a_program(tmp_path: Path) -> None:
    _map(tmp_path, {"own": ["python3", "p.py"]})
    assert find_program(tmp_path, OWN, "serve", None, None).argv == ("python3", "p.py", "serve")
    assert find_program(tmp_path, OWN, "serve", None, ["--x"]).argv == ("python3", "p.py", "--x")


def test_the_map_gives_an_image_with_an_entry_point_its_packages(tmp_path: Path) -> None:
    _map(tmp_path, {"own": {"packages": ["polars==1.0.0"]}})
    program = find_program(tmp_path, OWN, "process", ["python3", "a.py"], None)
    assert program == Program(("python3", "a.py"), environment=of_packages(["polars==1.0.0"]))


def test_the_map_gives_an_image_an_interpreter_with_what_is_installed_for_it(tmp_path: Path) -> None:
    _map(tmp_path, {"own": {"python": "/opt/torch/bin/python"}})
    program = find_program(tmp_path, OWN, "process", ["python3", "a.py"], None)
    assert program.environment == Environment(Path("/opt/torch/bin/python"))


def test_packages_on_a_named_interpreter_are_added_to_its_own(tmp_path: Path) -> None:
    listed = tmp_path / "requirements.txt"
    listed.write_text("# what we need\n\npolars\n")
    _map(tmp_path, {"own": {"python": "/opt/torch/bin/python", "packages": ["x"], "requirements": str(listed)}})
    environment = find_program(tmp_path, OWN, "process", ["sh"], None).environment
    assert environment == Environment(Path("/opt/torch/bin/python"), layers=(("x", "polars"),))


def test_a_mapped_image_without_a_program_or_an_entry_point_is_refused(tmp_path: Path) -> None:
    _map(tmp_path, {"own": {"packages": ["polars"]}})
    with pytest.raises(ClientFailure, match="scones images set own --program"):
        find_program(tmp_path, OWN, "train", None, None)


def test_requirements_that_are_not_there_are_named(tmp_path: Path) -> None:
    _map(tmp_path, {"own": {"requirements": "/nowhere/requirements.txt"}})
    with pytest.raises(ClientFailure, match=r"/nowhere/requirements.txt cannot be read: No such file"):
        find_program(tmp_path, OWN, "process", ["sh"], None)


def test_an_image_without_a_program_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ClientFailure) as caught:
        find_program(tmp_path, OWN, "train", None, None)
    assert "cannot run here: there is no Docker" in str(caught.value)
    assert "`scones images set own --program" in str(caught.value)
    assert f'{tmp_path / "images.json"}: {{"own": ["python3"' in str(caught.value)


def test_a_framework_s_image_is_served_by_the_server_of_its_functions(tmp_path: Path) -> None:
    program = find_program(tmp_path, "r/sagemaker-scikit-learn:1.2-1-cpu-py3", "serve", None, None)
    assert program.argv[0] == "python3"
    assert program.argv[1].endswith("inference_toolkit/__main__.py")
    assert program.argv[2] == "sklearn"


def test_xgboost_runs_as_the_version_of_its_image(tmp_path: Path) -> None:
    for verb in ("train", "serve"):
        program = find_program(tmp_path, "r/sagemaker-xgboost:1.5-1", verb, None, None)
        assert program == Program(("python3", "-m", "localaws.algorithms.xgboost", verb, "1.5-1"))


def test_model_monitor_s_image_has_its_stand_in_for_processing_jobs_alone(tmp_path: Path) -> None:
    image = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
    program = find_program(tmp_path, image, "process", None, None)
    assert program == Program(("python3", "-m", "localaws.algorithms.model_monitor"))
    assert find_program(tmp_path, image, "process", None, ["--x"]).argv[-1] == "--x"
    assert find_program(tmp_path, image, "process", ["python3", "own.py"], None).argv == ("python3", "own.py")
    with pytest.raises(ClientFailure, match="neither an entry point nor a program"):
        find_program(tmp_path, image, "train", None, None)


def test_what_the_stand_in_computes_with_is_fetched_where_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localaws.images.programs.find_spec", lambda name: None if name == "pandas" else True)
    environment = find_program(tmp_path, "r/sagemaker-model-monitor-analyzer", "process", None, None).environment
    assert environment is not None
    assert environment.layers == (("pandas", "scipy"),)
    assert not environment.bare


def test_an_algorithm_without_a_stand_in_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClientFailure, match="The built-in algorithm linear-learner has no stand-in") as caught:
        find_program(tmp_path, "r/linear-learner:1", "train", None, None)
    assert "scones images set linear-learner --program" in str(caught.value)


@pytest.mark.parametrize("name", ["image-classification", "xgboost", "sagemaker-scikit-learn"])
def test_an_image_of_the_account_s_own_is_not_taken_for_aws_s(tmp_path: Path, name: str) -> None:
    with pytest.raises(ClientFailure, match="neither an entry point nor a program"):
        find_program(tmp_path, f"000000000000.dkr.ecr.us-east-1.amazonaws.com/{name}:1", "serve", None, None)

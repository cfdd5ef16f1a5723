"""What the stack is made of: its template, the functions' code, the workflow and the build itself."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from seedcode.__main__ import list_commands
from seedcode.packaging.function import build_function, list_functions
from seedcode.stack.template import read
from workflow import __main__ as workflow

ROOT = Path(__file__).parents[2]
SEEDCODE = ROOT / "seedcode"
MOST_BYTES = 1_000_000  # CloudFormation's limit of a template in S3


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """The template, as deploying reads it."""
    return read((SEEDCODE / "template.yaml").read_text(encoding="utf-8"))


def test_the_template_has_a_default_or_a_description_for_each_parameter(template: dict[str, Any]) -> None:
    assert (SEEDCODE / "template.yaml").stat().st_size < MOST_BYTES
    for name, parameter in template["Parameters"].items():
        assert "Default" in parameter or "Description" in parameter, name


@pytest.mark.parametrize("name", list_functions())
def test_a_functions_zip_is_the_same_however_often_it_is_packed(name: str, tmp_path: Path) -> None:
    assert build_function(name, folder=tmp_path / "1").name == build_function(name, folder=tmp_path / "2").name


def test_the_kept_workflows_are_what_is_built() -> None:
    kept = sorted(workflow.FOLDER.glob("*.asl.json"))
    assert len(kept) >= 2
    for path in kept:
        assert path.read_text(encoding="utf-8") == workflow.text(path.name), "run `python -m workflow`"


@pytest.mark.parametrize("name", list(list_commands()))
def test_every_command_of_the_build_can_be_imported(name: str) -> None:
    assert callable(import_module(f"seedcode.commands.{name}").run)


@pytest.mark.parametrize("file", ["buildspec.yml", "buildspec-pull-request.yml"])
def test_a_build_tests_before_it_does_anything_else(file: str) -> None:
    phases = yaml.safe_load((SEEDCODE / file).read_text(encoding="utf-8"))["phases"]
    assert phases["pre_build"]["commands"][0] == "python -m pytest tests/smoke"
    assert "seedcode" not in " ".join(phases["install"]["commands"])

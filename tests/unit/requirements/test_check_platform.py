"""The one sentence on machines that cannot run the project."""

import pytest

from requirements.check_platform import problem


@pytest.mark.parametrize("machine", [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "x86_64")])
def test_machines_with_an_mxnet_wheel_pass(machine: tuple[str, str]) -> None:
    assert problem((3, 11, 7), *machine) is None


def test_a_machine_without_an_mxnet_wheel_is_told_what_to_do() -> None:
    said = str(problem((3, 12, 0), "Darwin", "arm64"))
    assert "arm64" in said
    assert "Linux" in said


def test_another_python_is_told_which_one_is_needed() -> None:
    assert "3.11 or 3.12" in str(problem((3, 13, 0), "Linux", "x86_64"))

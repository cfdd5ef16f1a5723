"""The one sentence on machines that cannot run the project."""

import pytest

from requirements.check_platform import problem


@pytest.mark.parametrize(
    "machine", [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "x86_64", "14.0"), ("Darwin", "arm64", "26.1")]
)
def test_machines_with_wheels_pass(machine: tuple[str, ...]) -> None:
    assert problem((3, 11, 7), *machine) is None


@pytest.mark.parametrize(
    ("machine", "told"),
    [(("Linux", "riscv64"), "riscv64"), (("Windows", "AMD64"), "Windows"), (("Darwin", "arm64", "13.7"), "macOS 13.7")],
)
def test_another_machine_is_told_what_to_do(machine: tuple[str, ...], told: str) -> None:
    said = str(problem((3, 12, 0), *machine))
    assert told in said
    assert "Linux container" in said


def test_another_python_is_told_which_one_is_needed() -> None:
    assert "3.11 or 3.12" in str(problem((3, 13, 0), "Linux", "x86_64"))

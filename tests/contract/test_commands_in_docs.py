"""The command knows every call that the README and the pages name; tests/e2e runs them."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from console.__main__ import COMMANDS, build_parser
from localaws.command import __main__ as localaws
from tests import commands_in_docs as docs

CALLS = [(page, call) for page in docs.PAGES for call in docs.list_calls(page)]
REHEARSED = (docs.TOP / "docs/aws.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parser() -> object:
    return build_parser(None)


@pytest.mark.parametrize(("page", "call"), CALLS, ids=[f"{page.name}: {call}" for page, call in CALLS])
def test_the_command_takes_every_call_of_the_text(
    parser: object, page: Path, call: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = docs.split(call)
    try:
        parser.parse_args(words)  # type: ignore[attr-defined]
    except SystemExit as ended:
        said = capsys.readouterr().err
        # A sentence may name a command alone; what it names must be there.
        named = "arguments are required" in said and words[0] in COMMANDS
        assert ended.code == 0 or named, said


def test_the_text_names_every_command() -> None:
    named = {word for _, call in CALLS for word in docs.split(call)[:3] if word in COMMANDS}
    assert COMMANDS.keys() - named == set()


@pytest.mark.parametrize("call", sorted({call for page in docs.PAGES for call in docs.list_local_calls(page)}))
def test_the_local_aws_s_command_takes_every_call_of_the_text(call: str) -> None:
    assert localaws.build_parser().parse_args(docs.split(call))


@pytest.mark.parametrize("name", sorted(docs.list_modules()))
def test_python_finds_every_module_that_the_text_runs(name: str) -> None:
    found = find_spec(name)
    assert found
    assert not found.submodule_search_locations or find_spec(f"{name}.__main__")


@pytest.mark.parametrize("target", sorted(docs.list_targets()))
def test_make_has_every_target_of_the_text(target: str) -> None:
    assert re.search(rf"^{target}:", (docs.TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    "line",
    [line for page in docs.PAGES for block in docs.list_blocks(page) for line in block if line.is_aws_s],
    ids=str,
)
def test_what_is_marked_as_aws_s_is_followed_by_the_rehearsal(line: docs.Line) -> None:
    assert f"\n$ {line.command}" in REHEARSED


def test_what_names_aws_as_its_target_is_marked_so_in_its_block() -> None:
    blocks = [block for page in docs.PAGES if page.name != "aws.md" for block in docs.list_blocks(page)]
    unmarked = [str(line) for block in blocks for line in block if "--target aws" in line.command and not line.is_aws_s]
    assert unmarked == []

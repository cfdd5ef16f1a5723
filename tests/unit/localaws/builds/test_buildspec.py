"""Reading a buildspec: what CodeBuild takes, and what it or a laptop refuses."""

import pytest

from localaws.builds.buildspec import parse
from localaws.builds.errors import BuildError

WHOLE = """
version: 0.2
env:
  shell: bash
  variables: {NUMBER: 1}
phases:
  build: {on-failure: CONTINUE, commands: [two], finally: [three]}
  install: {runtime-versions: {python: "3.12"}, commands: [one]}
"""


def test_phases_come_in_codebuilds_order_with_their_commands() -> None:
    spec = parse(WHOLE)
    assert [(phase.name, phase.commands, phase.finally_, phase.on_failure) for phase in spec.phases] == [
        ("install", ("one",), (), None),
        ("build", ("two",), ("three",), "CONTINUE"),
    ]
    assert spec.variables == {"NUMBER": "1"}
    assert spec.shell == "bash"


def test_a_buildspec_that_names_no_shell_gets_sh_as_in_codebuild() -> None:
    assert parse("{version: 0.2, phases: {build: {commands: [one]}}}").shell == "sh"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "no YAML"),
        ("just words", "must be a mapping"),
        ("{version: 0.1, phases: {build: {commands: []}}}", "must be 0.2"),
        ("{version: 0.2, phases: {}}", "phases are none"),
        ("{version: 0.2, phases: {deploy: {}}}", "phases are deploy"),
        ("{version: 0.2, steps: [], phases: {build: {}}}", "has steps"),
        ("{version: 0.2, phases: {build: {commands: one}}}", "must be a list of strings"),
        ("{version: 0.2, phases: {build: {commands: [{a: b}]}}}", "must be a list of strings"),
        ("{version: 0.2, phases: {build: {on-failure: RETRY}}}", "ABORT or CONTINUE"),
        ("{version: 0.2, env: {shell: powershell.exe}, phases: {build: {}}}", "bash or sh"),
        ("{version: 0.2, env: {secrets-manager: {A: b}}, phases: {build: {}}}", "secrets-manager"),
    ],
)
def test_what_cannot_be_run_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BuildError, match=said):
        parse(text)

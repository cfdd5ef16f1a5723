"""The command as a whole: usage, targets, exit codes, and one sentence for each failure."""

from __future__ import annotations

import subprocess
from importlib.metadata import version

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from console.__main__ import COMMANDS, GROUPS, main
from console.errors import CommandError, explain


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(f"  {name} " in said for name in COMMANDS)
    assert all(f"\n{group}:\n" in said for group in GROUPS)
    assert max(map(len, said.splitlines())) <= 120


def test_the_version_is_the_installation_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"scones {version('scones')}\n")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("exectuions", "There is no command 'exectuions'. Did you mean executions?"),
        ("run --wacth", "scones run has no option --wacth. Did you mean --watch?"),
        ("run --profle=quick", "scones run has no option --profle. Did you mean --profile?"),
        ("dataset smaple", "There is no SOURCE 'smaple'. Did you mean sample?"),
        ("label review/x.png bycicle", "Did you mean bicycle"),
        ("zzz", "`scones --help` lists all."),
        ("run --epochs 5", "Epochs is a pipeline parameter: `scones run --set Epochs=VALUE`."),
        ("run --learning-rate=0.1", "`scones run --set LearningRate=0.1`."),
        ("demo --seed=3", "`scones demo --set Seed=3`."),
        ("deploy --epochs 5", "scones deploy has no option --epochs."),
        ("run --zzz", "`scones run --help` lists all."),
    ],
)
def test_an_unknown_word_is_answered_with_what_was_meant(
    words: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == 2
    assert meant in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        "monitor --hours 5",
        "builds --commit abc",
        "builds --watch --json",
        "label review/x.png bicycle --json",
        "run --trials 3",
        "images --json rm sagemaker-xgboost",
        "status --json --caveats",
        "env --json --shell fish",
    ],
)
def test_an_option_that_would_be_ignored_is_refused(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == 2
    assert "--" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_completes_commands_and_options(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "executions" in script
    assert "bicycle" in script
    if shell == "bash":
        complete = f"{script}\nCOMP_WORDS=(scones exec); COMP_CWORD=1; _shtab_scones; echo ${{COMPREPLY[@]}}"
        done = subprocess.run(["bash", "-c", complete], capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["executions"]


def test_no_command_is_wrong_usage() -> None:
    assert main([]) == 2


def test_an_unknown_command_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bake"])
    assert ended.value.code == 2


def test_a_target_that_does_not_exist_is_refused_also_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_TARGET", "moon")
    with pytest.raises(SystemExit) as ended:
        main(["status"])
    assert ended.value.code == 2


@pytest.mark.parametrize("command", ["up", "down", "demo"])
def test_commands_of_the_local_aws_refuse_another_target(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--target", "aws"]) == 2
    assert capsys.readouterr().err.startswith(f"scones {command}: ")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListThings"), "AWS refused ListThings"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), "scones up"),
        (NoCredentialsError(), "AWS_PROFILE"),
        (CommandError("Nothing to do."), "Nothing to do."),
        (ClientError({"Error": {"Code": "NoSuchBucket", "BucketName": "mine"}}, "PutObject"), "no bucket mine"),
        (PermissionError(13, "Permission denied", "/root/x"), "/root/x cannot be used: Permission denied."),
    ],
)
def test_a_failure_that_a_user_can_meet_is_a_sentence(error: Exception, words: str) -> None:
    assert words in str(explain(error))


def test_a_defect_of_ours_is_not_hidden_in_a_sentence() -> None:
    assert explain(ZeroDivisionError()) is None

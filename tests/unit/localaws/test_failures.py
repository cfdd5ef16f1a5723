"""Reasons of failures: at most as long as AWS's, with the end of what the program said."""

from __future__ import annotations

from localaws.failures import AlgorithmFailure


def test_a_long_text_keeps_its_end() -> None:
    reason = str(AlgorithmFailure(f"{'x' * 5_000} the cause", 1))
    assert len(reason) == 1_024
    assert reason.startswith("AlgorithmError: ...xxx")
    assert reason.endswith("xxx the cause, exit code: 1")


def test_a_long_command_of_the_toolkit_gives_way_to_the_error() -> None:
    said = f'ExecuteUserScriptError:\nExitCode 1\nErrorMessage "bad rate"\nCommand "python train.py {"--x 1 " * 500}"'
    reason = str(AlgorithmFailure(said, 1))
    assert 'ExecuteUserScriptError:\nExitCode 1\nErrorMessage "bad rate"\nCommand "python train.py --x 1' in reason
    assert reason.endswith('...", exit code: 1')


def test_a_program_that_said_nothing_points_to_its_log() -> None:
    assert str(AlgorithmFailure(" \n", 2)) == (
        "AlgorithmError: the program said nothing; see the job's logs, exit code: 2"
    )

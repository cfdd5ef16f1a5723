"""`localaws`: the commands of the local AWS alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from localaws import process
from localaws.command.__main__ import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of an installation that does not run; the environment is the test's own."""
    monkeypatch.setattr(os, "environ", {**os.environ, "SCONES_HOME": str(tmp_path / "home")})
    monkeypatch.setattr(process, "_health", lambda _: None)
    return tmp_path / "home"


def write_log(folder: Path, host: str, *lines: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{host}.log").write_text("".join(f"1700000000000\t{line}\n" for line in lines), encoding="utf-8")


def test_status_of_one_that_does_not_run_fails_and_makes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["local_aws"] == "not running"
    assert not home.exists()


def test_env_and_down_say_that_it_does_not_run(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env"]) == 1
    assert main(["down"]) == 0
    said = capsys.readouterr()
    assert "start it with `localaws up`" in said.err
    assert "was not running" in said.out


def test_a_job_s_log_has_its_lines_without_their_times_and_is_found_as_its_arn_names_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_log(
        home / "jobs" / "Train-1" / "logs" / "TrainingJobs", "algo-1-1", "epoch 1", "tab\tin it", "\x1b[2Jcleared"
    )
    assert main(["logs", "train-1"]) == 0
    assert capsys.readouterr().out.splitlines() == ["epoch 1", "tab\tin it", "\\x1b[2Jcleared"]


def test_logs_of_several_instances_are_marked_and_cannot_be_followed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for host in ("algo-1", "algo-2"):
        write_log(home / "jobs" / "prepare" / "logs" / "ProcessingJobs", host, "done")
    assert main(["logs", "prepare"]) == 0
    assert capsys.readouterr().out.splitlines() == ["[algo-1] done", "[algo-2] done"]
    assert main(["logs", "prepare", "--follow"]) == 1
    assert "algo-1, algo-2" in capsys.readouterr().err


def test_a_name_without_a_log_is_told_which_there_are(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_log(home / "endpoints" / "web" / "logs" / "AllTraffic", "i-1", "up")
    assert main(["logs", "wbe"]) == 1
    assert "the newest are: web" in capsys.readouterr().err
    assert main(["logs"]) == 1
    assert "has no log yet" in capsys.readouterr().err


def test_wrong_usage_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["frobnicate"])
    assert ended.value.code == 2
    assert "up, down, status, env, images, logs" in capsys.readouterr().err.replace("'", "")

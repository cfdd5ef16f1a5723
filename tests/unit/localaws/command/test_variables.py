"""What `scones env` prints: a shell takes it as it is meant, and so does a program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.credentials import ProcessProvider

from localaws.command.session import Session
from localaws.command.variables import build_variables, format_as_json, format_for_shell, list_unwanted
from localaws.keys import Credentials
from localaws.redirect import FOLDER
from localaws.settings import Settings

SESSION = Session(
    "arn:aws:iam::000000000000:role/service-role/Somebody",
    Credentials("ASIAKEY", "it's a $(secret) \\ \"", "token"),
    datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC),
)
GIVEN = {"AWS_PROFILE": "mine", "AWS_ENDPOINT_URL_S3": "https://mine", "PYTHONPATH": "/theirs", "no_proxy": "theirs"}


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh", "fish"])
def test_a_shell_that_evaluates_it_has_the_variables_and_nothing_of_somebody_s_own(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    variables = build_variables(Settings(port=4999), SESSION, GIVEN)
    said = format_for_shell("fish" if shell == "fish" else "sh", variables, list_unwanted(GIVEN), SESSION)
    before = {**GIVEN, "PATH": os.environ["PATH"], "SAID": said}
    words = f"{said}\nenv" if shell == "fish" else 'eval "$SAID"; env'
    done = subprocess.run([program, "-c", words], env=before, capture_output=True, text=True, check=True)
    found = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert {name: found.get(name) for name in variables} == variables
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_S3"} & set(found)
    assert variables["AWS_SECRET_ACCESS_KEY"] == SESSION.credentials.secret
    assert variables["PYTHONPATH"] == f"{FOLDER}:/theirs"
    assert variables["no_proxy"] == "theirs,127.0.0.1,localhost"


def test_the_steps_of_a_workflow_are_led_here_also_by_what_no_step_can_unset() -> None:
    given = {**GIVEN, "AWS_USE_FIPS_ENDPOINT": "true"}
    variables = build_variables(Settings(port=4999), SESSION, given)
    said = format_for_shell("github", variables, list_unwanted(given), SESSION)
    found = dict(line.split("=", 1) for line in said.splitlines())
    assert found["AWS_ENDPOINT_URL_S3"] == found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4999"
    assert found["AWS_USE_FIPS_ENDPOINT"] == "false"
    assert "AWS_PROFILE" not in found


def test_when_it_ends_and_for_whom_it_is_are_said() -> None:
    said = format_for_shell("sh", {}, [], SESSION)
    assert "Somebody until 2027-01-02 03:04 UTC" in said


def test_what_programs_read_is_a_credential_process_and_has_all_variables(tmp_path: Path) -> None:
    variables = build_variables(Settings(port=4999), SESSION, {})
    text = format_as_json(variables, SESSION)
    assert json.loads(text)["Environment"] == variables
    answer = tmp_path / "answer.json"
    answer.write_text(text, encoding="utf-8")
    profile = {"profiles": {"local": {"credential_process": f"cat {answer}"}}}
    found = ProcessProvider("local", lambda: profile).load()
    assert found is not None
    frozen = found.get_frozen_credentials()
    assert (frozen.access_key, frozen.secret_key, frozen.token) == ("ASIAKEY", SESSION.credentials.secret, "token")

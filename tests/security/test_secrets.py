"""Secrets of the laptop stay out of jobs, logs, errors and everything on disk."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localaws import keys, process
from localaws.aws import Aws
from localaws.events import Events
from localaws.images.program import Program
from localaws.jobs import supervise
from localaws.jobs.container import base_environment
from localaws.jobs.supervise import Job
from localaws.keys import Credentials
from localaws.ministack.log_events import LogEvents
from localaws.records.jobs import TRAINING
from localaws.rest import answer
from localaws.services import BY_TARGET
from localaws.settings import Settings
from localaws.store import Store
from localaws.tasks import Stop

SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIA2REALREALREALREA",
    "AWS_SECRET_ACCESS_KEY": "real/secret/of/the/laptop/0123456789abcd",
    "AWS_SESSION_TOKEN": "FwoGZXIvYXdzEREALTOKEN",
    "GITHUB_TOKEN": "ghp_realrealrealrealrealrealrealreal",
    "DATABASE_PASSWORD": "correct horse battery staple",
}
PROGRAM = "import os; [print(name, value) for name, value in sorted(os.environ.items())]; raise SystemExit(3)"


class _Logs:
    """CloudWatch Logs that records events."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def create_log_group(self, **_: str) -> None: ...

    def create_log_stream(self, **_: str) -> None: ...

    def put_log_events(self, *, logEvents: list[dict[str, Any]], **_: str) -> None:
        self.events += logEvents


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return Settings(port=45660, home=tmp_path / "home")


def _aws(settings: Settings, clients: Any) -> Aws:
    store = Store(settings.home / "sagemaker.db")
    return Aws(settings, store, Events(store, lambda _: None), clients)


def _kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_job_that_prints_all_it_knows_knows_no_secret_of_the_laptop(settings: Settings) -> None:
    logs, root = _Logs(), keys.ensure(settings)
    events = LogEvents(logs, "test", settings)
    aws = _aws(settings, SimpleNamespace(logs=logs, log_events=events))
    members = supervise.instances(aws, "loud", 1)
    job = Job(TRAINING, "loud", Program(("python3", "-c", PROGRAM)), {"OWN": "given"}, 30)
    assert supervise.run(aws, job, members, Stop()).exit_code == 3
    told = json.dumps(logs.events)
    assert "OWN given" in told
    assert re.search(r"AWS_ACCESS_KEY_ID ASIA\w{16}", told)  # a session's, and not the installation's
    assert not {root.key, root.secret} & set(re.split(r'[\s"]', told))
    aws.store.close()
    found = [name for name, value in SECRETS.items() if value in told or value.encode() in _kept(settings.home)]
    assert found == []


def test_what_containers_are_given_is_named_and_nothing_else_comes_along(settings: Settings) -> None:
    assert set(SECRETS.values()).isdisjoint(
        base_environment(settings, Credentials("of-a-role", "secret"), Program(("python3",))).values()
    )


def test_the_local_aws_is_started_without_the_laptop_s_secrets(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Functions get its whole environment, and jobs of the same user can read it in /proc."""
    monkeypatch.setenv("HTTPS_PROXY", "http://me:letmein@proxy.example.org:3128")
    monkeypatch.setenv("PIP_INDEX_URL", "https://__token__:letmein@packages.example.org/simple")
    monkeypatch.setenv("SOME_NEW_TOOLS_KEY", "letmein")
    given: dict[str, str] = {}

    class Started(Exception):
        pass

    def start(_: object, env: dict[str, str], **__: object) -> None:
        given.update(env)
        raise Started

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(Started):
        process.start(settings)
    assert not [value for value in given.values() if "letmein" in value or value in SECRETS.values()]
    assert {"PATH", "HOME", "SCONES_PORT", "SCONES_HOME"} <= set(given)


TELLS_BEFORE_IT_BINDS = """
import os
from localaws import __main__ as program

def tell(_):
    print(*os.environ.values())
    raise program.SettingsError("enough")

program._refuse_taken_port = tell
program.main()
"""


@pytest.mark.usefixtures("settings")
def test_a_local_aws_in_the_foreground_forgets_them_as_well() -> None:
    words = [sys.executable, "-c", TELLS_BEFORE_IT_BINDS]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert os.environ["PATH"] in told
    assert [name for name, value in SECRETS.items() if value in told] == []


def test_a_defect_tells_its_sentence_and_logs_no_request(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = _aws(settings, SimpleNamespace())
    monkeypatch.setattr(type(aws.store), "get", lambda *_: 1 / 0)
    body = json.dumps({"ModelPackageGroupName": "g", "ModelPackageGroupDescription": SECRETS["GITHUB_TOKEN"]}).encode()
    with caplog.at_level(logging.DEBUG):
        status, content = answer(BY_TARGET["SageMaker"], aws, "CreateModelPackageGroup", body)
    assert status == 500
    assert SECRETS["GITHUB_TOKEN"] not in caplog.text + content.decode()


def test_a_new_home_is_its_owner_s_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    Store(home / "sagemaker.db").close()
    assert home.stat().st_mode & 0o077 == 0

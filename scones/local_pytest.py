"""A fixture of pytest: `localaws` gives a test an empty local AWS, and boto3 and its child processes the way there.

It is found by the distribution's entry point. Nothing of ours is imported into the tests' process but this module and,
from its file, what leads clients that name AWS's hosts to the local AWS: our packages' names are common ones.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_HERE = Path(__file__).parent
_ROOT = _HERE if (_HERE / "localaws").is_dir() else _HERE.parent
_REDIRECT = _ROOT / "localaws" / "redirect" / "sitecustomize.py"
_TAKEN_ALONG = ("PYTHONPATH", "SAGEMAKER_ADMIN_CONFIG_OVERRIDE", "no_proxy", "NO_PROXY")
_UNWANTED = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    *("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
)


@dataclass(frozen=True)
class LocalAws:
    """An empty local AWS, one test's own."""

    endpoint_url: str
    region: str
    account: str
    role: str
    """The ARN of the role that the test has, which jobs can be given: the SDK's `get_execution_role()`."""


class Nursery:
    """The process that makes one local AWS after the other; each ends the one before."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: subprocess.Popen[str] | None = None

    def make(self) -> dict[str, Any]:
        """An empty local AWS: what `localaws env --json` prints of it."""
        process = self._process = self._process or self._start()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("The pipes of the local AWS's process are not there.")
        given = {name: os.environ[name] for name in _TAKEN_ALONG if name in os.environ}
        try:
            process.stdin.write(f"{json.dumps(given)}\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self._process = None
            said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            pytest.fail(f"The local AWS did not start: {''.join(said) or 'it said nothing'}", pytrace=False)
        return answer

    def end(self) -> None:
        """End the process, and with it the last local AWS."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()

    @property
    def _log(self) -> Path:
        return self._home.with_name(f"{self._home.name}.log")

    def _start(self) -> subprocess.Popen[str]:
        others = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
        paths = {"PYTHONPATH": os.pathsep.join([str(_ROOT), *others])}
        settings = {"SCONES_PORT": str(_free_port()), "SCONES_HOME": str(self._home)}
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "localaws.command.fresh"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                env={**os.environ, **paths, **settings},
            )


@pytest.fixture(scope="session")
def _localaws_nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    nursery = Nursery(tmp_path_factory.mktemp("localaws") / "home")
    yield nursery
    nursery.end()


@pytest.fixture
def localaws(_localaws_nursery: Nursery, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """An empty local AWS for one test: its SageMaker, S3, IAM and the rest have nothing but the test's role.

    boto3, the SageMaker SDK and what the test starts find it by the environment, which is restored afterwards. A client
    that was made outside of the test goes on to where it was made for.
    """
    made = _localaws_nursery.make()
    variables: dict[str, str] = made["Environment"]
    for name in [name for name in os.environ if name in _UNWANTED or name.startswith("AWS_ENDPOINT_URL_")]:
        monkeypatch.delenv(name)
    nowhere = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    for name, value in {**variables, **nowhere}.items():
        monkeypatch.setenv(name, value)
    _redirect(monkeypatch)
    account = made["RoleArn"].split(":")[4]
    return LocalAws(variables["AWS_ENDPOINT_URL"], variables["AWS_REGION"], account, made["RoleArn"])


def _redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3  # noqa: PLC0415 - slow, and for tests that have the fixture alone
    import botocore.session  # noqa: PLC0415

    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials that it has found
    sessions = botocore.session.Session
    monkeypatch.setattr(sessions, "create_client", sessions.create_client)  # to be restored
    _load_redirect().redirect(sessions)


def _load_redirect() -> ModuleType:
    spec = spec_from_file_location("_localaws_redirect", _REDIRECT)
    if spec is None or spec.loader is None:
        raise ImportError(f"{_REDIRECT} is not there; install scones-localaws anew.")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""A local AWS and the command set to it, as the end-to-end tests use them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Signer

from console.dataset.layout import TEST, TRAIN
from console.dataset.sample import draw_sample
from localaws import home, keys, process
from localaws.images.catalogue.frameworks import REPOSITORIES
from localaws.images.mapping import Mapped, load_mapping, save_mapping
from localaws.keys import Credentials
from localaws.settings import Settings
from tests.e2e import in_process
from tests.environments import OFFLINE
from tests.images import push_image

REPOSITORY = Path(__file__).parents[2]
FEW = {TRAIN: (100, 4), TEST: (100, 1)}
"""As PICTURES of console/dataset/sample.py, with a fifth of it to train on: most tests ask little of the model."""
_FOLDER = REPOSITORY / "tests"  # not the top, where `scones up` adds a remote to the checkout of who tests
_SECONDS = 600
_Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Laptop:
    """A local AWS and the `scones` command set to it."""

    port: int
    home: Path
    enforce_iam: str = "true"
    account: str = "new"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SCONES_"))},
            **{name: os.environ[name] for name in ("SCONES_ENGINE", "SCONES_ISOLATION") if name in os.environ},
            "SCONES_PORT": str(self.port),
            "SCONES_HOME": str(self.home),
            "SCONES_ENFORCE_IAM": self.enforce_iam,
            "SCONES_ACCOUNT": self.account,
            "AWS_ENDPOINT_URL": self.endpoint,
            **self.key.environment,
            "AWS_DEFAULT_REGION": "us-east-1",
            **OFFLINE,
        }

    @property
    def key(self) -> Credentials:
        """The access key of this installation: the account's root."""
        return keys.ensure(Settings(self.port, self.home))

    def scones(self, *words: str, code: int | None = 0, **variables: str) -> _Done:
        """Run the command as a person does; `code` is the exit code that is expected (None: any)."""
        if words[0] == "up":
            self.keep_access_log()
            self.fetch_no_packages()
        if words[0] == "down":
            words = (*words, "--yes")  # asking what runs takes longer than the stop
        if words[0] in in_process.OF_THEIR_OWN and not (words[0] == "up" and self._runs()):
            return self.python("-m", "console", *words, code=code, **variables)
        return _as_expected(
            subprocess.CompletedProcess(
                words, *in_process.run(words, {**self.environment, **variables}, _FOLDER, _SECONDS)
            ),
            code,
        )

    def _runs(self) -> bool:
        """Whether `up` has nothing to start."""
        with suppress(process.StrangerError):
            return process.answers(Settings(self.port, self.home))
        return False

    def python(self, *words: str, code: int | None = 0, **variables: str) -> _Done:
        """Run this Python in the command's environment and these variables, with nobody at its input."""
        done = subprocess.run(
            [sys.executable, *words],
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            cwd=_FOLDER,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return _as_expected(done, code)

    @property
    def few(self) -> Path:
        """The small sample, once it has been drawn."""
        return self.home.parent / f"{self.home.name}-few.tar.gz"

    def sample(self) -> str:
        """Draw a small sample into raw/; answers its S3 address."""
        self.few.write_bytes(_draw_few())
        said = self.scones("dataset", "upload", str(self.few)).stdout
        return next(word for word in said.split() if word.startswith("s3://"))

    def role(self, name: str, *services: str, allows: Sequence[str] = ("*",)) -> str:
        """Make a role of the tests' own that AWS services may take on and that may do `allows`; answers its ARN."""
        trusted = {"Service": [f"{service}.amazonaws.com" for service in services]}
        trust = {"Statement": [{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}]}
        policy = {"Statement": [{"Effect": "Allow", "Action": list(allows), "Resource": "*"}]}
        iam = self.client("iam")
        made: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(policy))
        return made

    def outputs(self) -> dict[str, str]:
        """The outputs of the project's stack."""
        stack = self.client("cloudformation").describe_stacks(StackName="scones")["Stacks"][0]
        return {entry["OutputKey"]: entry["OutputValue"] for entry in stack["Outputs"]}

    def push_image(self, name: str) -> str:
        """Push a small image to the account's registry, such as `any:1`; answers its URI."""
        return push_image(self.client("ecr"), f"000000000000.dkr.ecr.us-east-1.amazonaws.com/{name}")

    def access(self) -> list[dict[str, Any]]:
        """The calls that roles have made so far, as localaws notes them."""
        log = self.home / "access.jsonl"
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]

    def move_schedules_clock(self, to: datetime | None) -> None:
        """Let schedules believe that it is `to`, and what they start with them; None sets their clock right again."""
        file = self.home / "schedules-clock"
        if to is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(str((to - datetime.now(UTC)).total_seconds()))

    def keep_access_log(self) -> None:
        """Let roles' calls be noted where tests/access reads them: also the last one, before a kill or a wipe."""
        kept = os.environ.get("SCONES_ACCESS_DIR")
        log = self.home / "access.jsonl"
        if kept and not log.is_symlink():
            Path(kept).mkdir(parents=True, exist_ok=True)
            home.make(self.home)
            # A home is one local AWS's alone, a port is not.
            log.symlink_to(Path(kept).absolute() / f"{str(self.home).strip('/').replace('/', '-')}.jsonl")

    def fetch_no_packages(self) -> None:
        """Let this Python stand for AWS's images of frameworks, whose packages come over the network."""
        home.make(self.home)
        # Those of XGBoost are the installation's own.
        images = {name: Mapped(python=Path(sys.executable)) for name in REPOSITORIES if "xgboost" not in name}
        save_mapping(self.home, {**images, **load_mapping(self.home)})

    def client(self, service: str) -> Any:
        return _client(self.endpoint, self.key, service)

    def signed(self, service: str, method: str, path: str, body: bytes = b"", **headers: str) -> dict[str, str]:
        """The headers of a request whose path goes out as it is written, signed by the installation's key."""
        asked = AWSRequest(method, f"{self.endpoint}{path}", headers, body)
        signer = S3SigV4Auth if service == "s3" else SigV4Auth
        signer(Signer(self.key.key, self.key.secret), service, "us-east-1").add_auth(asked)
        return dict(asked.headers.items())

    def steps(self, arn: str) -> dict[str, dict[str, Any]]:
        """The started steps of an execution by name."""
        answer = self.client("sagemaker").list_pipeline_execution_steps(PipelineExecutionArn=arn, MaxResults=100)
        return {step["StepName"]: step for step in answer["PipelineExecutionSteps"]}

    def until(self, arn: str, holds: Callable[[dict[str, Any]], object], seconds: float = 300) -> dict[str, Any]:
        """Wait until an execution's description holds something."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            described: dict[str, Any] = self.client("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)
            if holds(described):
                return described
            time.sleep(0.25)
        raise AssertionError(f"{arn} is {described} after {seconds} s")

    def ended(self, arn: str) -> dict[str, Any]:
        """Wait until an execution has ended."""
        return self.until(arn, lambda said: said["PipelineExecutionStatus"] in ("Succeeded", "Failed", "Stopped"))


@cache  # the same bytes each time, and two seconds of a core
def _draw_few() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder, "few.tar.gz")
        draw_sample(drawn, counts=FEW)
        return drawn.read_bytes()


def _as_expected(done: _Done, code: int | None) -> _Done:
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done


@cache  # a client takes as long to make as several requests, and tests that wait ask ten times a second
def _client(endpoint: str, key: Credentials, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=key.key,
        aws_secret_access_key=key.secret,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

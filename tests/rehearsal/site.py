"""Where a rehearsal runs: a local AWS, roles for the reader, and a checkout."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from localaws import keys, process
from localaws.settings import Settings
from seedcode.stack.template import Template
from tests.environments import OFFLINE
from tests.rehearsal import people

PROJECT = "scones"
CHECKOUT = Path(__file__).parents[2]


@dataclass
class Site:
    """A local AWS and its surroundings; `folder` is empty or does not exist yet."""

    folder: Path
    port: int
    permissions: str = field(default_factory=lambda: people.PAGE.read_text(encoding="utf-8"))

    @property
    def settings(self) -> Settings:
        """Where the local AWS lives."""
        return Settings(port=self.port, home=self.folder / "aws", enforce_iam=True)

    @property
    def checkout(self) -> Path:
        """The reader's clone."""
        return self.folder / "scones"

    def start(self, account: str) -> None:
        """Start the local AWS as an account that is `new` or `existing`."""
        os.environ.update(SCONES_ENFORCE_IAM="true", SCONES_ACCOUNT=account)
        # Builds run in the local AWS, and find their packages where the reader's commands do.
        pip = local_variables(self.settings.endpoint, self.settings.home, self.settings.region)
        os.environ.update({name: value for name, value in pip.items() if name.startswith("PIP_")})
        process.start(self.settings)

    def stop(self) -> None:
        """End it."""
        process.stop(self.settings)

    def client(self, service: str) -> Any:
        """A client with all rights, for checks and for what happens outside the page."""
        root = keys.ensure(self.settings)
        return boto3.client(
            service,
            endpoint_url=self.settings.endpoint,
            region_name=self.settings.region,
            aws_access_key_id=root.key,
            aws_secret_access_key=root.secret,
        )

    def environment(self) -> Mapping[str, str]:
        """The reader's initial environment: this machine's, without AWS settings."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not re.match("AWS_|SCONES_|GIT_|PYTHON", name)}
        return {
            **kept,
            "HOME": str(home),
            "PYTHONPATH": str(self.checkout),
            **local_variables(self.settings.endpoint, self.settings.home, self.settings.region),
        }

    def credentials(self, chapter: str) -> dict[str, str]:
        """Credentials of a role with the rights of a chapter of docs/permissions.md; made when first asked for."""
        template = Template((self.checkout / "seedcode" / "template.yaml").read_text(encoding="utf-8"))
        account, iam = self.settings.account, self.client("iam")
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}]}
        if chapter not in self._made:
            iam.create_role(RoleName=f"reader-{chapter}"[:64], AssumeRolePolicyDocument=json.dumps(trust))
            for number, policy in enumerate(people.policies(self.permissions, chapter, template, self._known())):
                name = f"reader-{number}"
                iam.put_role_policy(
                    RoleName=f"reader-{chapter}"[:64], PolicyName=name, PolicyDocument=json.dumps(policy)
                )
            self._made.add(chapter)
        arn = f"arn:aws:iam::{account}:role/reader-{chapter}"[: len(f"arn:aws:iam::{account}:role/") + 64]
        issued = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="reader")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": issued["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": issued["SecretAccessKey"],
            "AWS_SESSION_TOKEN": issued["SessionToken"],
        }

    def outputs(self) -> dict[str, str]:
        """The stack's outputs; none before there is a stack."""
        try:
            [stack] = self.client("cloudformation").describe_stacks(StackName=PROJECT)["Stacks"]
        except self.client("cloudformation").exceptions.ClientError:
            return {}
        return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}

    def remember(self) -> None:
        """Record the ARNs of stack and key, to find them after the stack is deleted."""
        with suppress(ClientError):
            [stack] = self.client("cloudformation").describe_stacks(StackName=PROJECT)["Stacks"]
            self.stack_id = stack["StackId"]
            self.key = self.outputs().get("KeyArn") or self.key

    def _known(self) -> dict[str, str]:
        outputs, settings = self.outputs(), self.settings
        return {
            "NAME": PROJECT,
            "ACCOUNT": settings.account,
            "REGION": settings.region,
            "BUCKET": outputs.get("BucketName", f"{PROJECT}-{settings.account}-{settings.region}"),
            "KEY": outputs.get("KeyArn", "*").rpartition("/")[2],
        }

    _made: set[str] = field(default_factory=set)
    key: str | None = None
    stack_id: str | None = None


PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def local_variables(endpoint: str, home: Path, region: str) -> Mapping[str, str]:
    """Environment variables that direct commands to a local AWS whose state is in `home`."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        **OFFLINE,
        # git is configured by its environment alone, so that only the page configures it.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{home.resolve() / 'repositories'}/.insteadOf",
        "GIT_CONFIG_VALUE_0": f"https://git-codecommit.{region}.amazonaws.com/v1/repos/",
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def bin_folder() -> str:
    """Where this environment's commands are."""
    return str(Path(sys.executable).parent)

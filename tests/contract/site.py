"""A local AWS with things to list, for clients that run in environments of their own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import boto3

from localaws import keys
from localaws.records.jobs import KINDS
from localaws.redirect import FOLDER, NO_TELEMETRY
from localaws.settings import Settings
from localaws.store import Store
from tests.images import push_image

Document = dict[str, Any]
ARN = "arn:aws:sagemaker:us-east-1:000000000000"
ROLE = "arn:aws:iam::000000000000:role/any"
STATUSES = ("Completed", "Stopped", "Failed")
NAMES = ("one", "two", "three")
BUCKET = "core"
STOPS = json.dumps(
    {"Version": "2020-12-01", "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "as planned"}}]}
)
PROJECT = {
    "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: [env]}}"},
    "artifacts": {"type": "NO_ARTIFACTS"},
    "environment": {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
        "computeType": "BUILD_GENERAL1_SMALL",
    },
    "serviceRole": ROLE,
}


class Site:
    """A local AWS, its clients, and programs of other environments beside it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.image = ""

    def client(self, service: str) -> Any:
        key = keys.ensure(self._settings)
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=self._settings.endpoint,
            aws_access_key_id=key.key,
            aws_secret_access_key=key.secret,
        )

    def run(self, environment: Path, program: Path, *words: str, given: object = None) -> Any:
        """Run a program with an environment's Python; what it writes at last, as JSON."""
        variables = {
            **keys.ensure(self._settings).environment,
            "AWS_ENDPOINT_URL": self._settings.endpoint,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
            "HOME": str(self._settings.home),
            "PYTHONPATH": FOLDER,
            **NO_TELEMETRY,
        }
        done = subprocess.run(
            [str(environment / "bin/python"), str(program), *words],
            input=json.dumps(given),
            env=variables,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def fill(self) -> None:
        """Make what is made by calls."""
        sagemaker, codebuild = self.client("sagemaker"), self.client("codebuild")
        for name in NAMES:
            sagemaker.create_pipeline(
                PipelineName=name, PipelineDefinition=STOPS, RoleArn=ROLE, ClientRequestToken="t" * 32
            )
            sagemaker.create_model_package_group(ModelPackageGroupName=name)
            sagemaker.start_pipeline_execution(PipelineName=name)
            codebuild.create_project(name=name, **PROJECT)
        sagemaker.start_pipeline_execution(PipelineName="one")
        self.client("s3").create_bucket(Bucket=BUCKET)
        trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        iam = self.client("iam")
        iam.create_role(RoleName="any", AssumeRolePolicyDocument=_policy(trust))
        iam.put_role_policy(RoleName="any", PolicyName="any", PolicyDocument=_policy(everything))
        self.image = push_image(self.client("ecr"), "000000000000.dkr.ecr.us-east-1.amazonaws.com/own:1")


def _policy(statement: Document) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def store_ended(settings: Settings) -> None:
    """Ended jobs, models and configurations, as an earlier process left them."""
    settings.home.mkdir(exist_ok=True)
    store = Store(settings.database)
    for number, status in enumerate(STATUSES):
        for kind in KINDS:
            name = f"{kind.stem}-{status}"
            times = {"CreationTime": 1000.0 + number, "LastModifiedTime": 1000.0 + number}
            document = {kind.name: name, kind.arn: f"{ARN}:{kind.noun}/{name.lower()}", kind.status: status, **times}
            store.put(kind.noun, name.lower(), document)
    for name in NAMES:
        for noun, stem in (("model", "Model"), ("endpoint-config", "EndpointConfig")):
            document = {f"{stem}Name": name, f"{stem}Arn": f"{ARN}:{noun}/{name}", "CreationTime": 1000.0}
            store.put(noun, name, document)
    store.close()

"""A project whose functions work whenever the command sleeps: ingest_image itself, and markers as start_training's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from ingest_image.batch import close
from ingest_image.ingest import Ingest
from ingest_image.keys import Arrival
from ingest_image.settings import Settings
from ingest_image.storage import Storage
from moto import mock_aws

from console.intake import ingestion
from tests.unit.lambdas.ingest_image.conftest import BUCKET, encode, noise

EXECUTION = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/scones-training/execution/1"
SUCCESS = "incoming/_SUCCESS"


@dataclass
class Project:
    """The bucket. `slept` counts how often the command waited; `ingests` and `trains` say which functions work."""

    s3: Any
    folder: Path
    ingests: bool = True
    trains: bool = True
    slept: int = 0
    clock: float = 0.0
    executions: list[str] = field(default_factory=list)

    def work(self, seconds: float) -> None:
        """What happens while the command sleeps."""
        self.slept += 1
        self.clock += seconds
        ingest = Ingest(Settings(BUCKET), Storage(self.s3, BUCKET))
        if self.ingests:
            for key in list(ingest.storage.waiting())[:3]:
                ingest.one(key)
            if SUCCESS in self.keys():
                close(ingest, Arrival(SUCCESS), lambda: 300_000)
        for key in self.keys("batches/pending/") if self.trains else []:
            self.executions.append(key)
            started = key.replace("pending", "started")
            self.s3.put_object(Bucket=BUCKET, Key=started, Body=json.dumps({"execution": EXECUTION}).encode())
            self.s3.delete_object(Bucket=BUCKET, Key=key)

    def keys(self, prefix: str = "") -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def picture(self, name: str, seed: int = 0) -> Path:
        return self.file(name, encode(noise(seed=seed)))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    for name in ("AWS_ENDPOINT_URL", "SCONES_PROJECT", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SCONES_BUCKET", BUCKET)
    monkeypatch.setenv("SCONES_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr("pipelines.stack.find_stack", lambda *_: None)
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        project = Project(s3, tmp_path / "new")
        project.folder.mkdir()
        # In this module only: a thread that another test left behind sleeps by the real clock.
        clock = SimpleNamespace(sleep=project.work, monotonic=lambda: project.clock)
        monkeypatch.setattr(ingestion, "time", clock)
        monkeypatch.setattr(ingestion, "_POLL_SECONDS", 5)  # a poll every half second takes moto a while
        yield project

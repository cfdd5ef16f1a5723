"""Names that are paths: no job, endpoint, channel, pipeline, bucket or key becomes a path out of its folder."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.events import Events
from localaws.failures import ClientFailure
from localaws.jobs import training
from localaws.jobs.supervise import Instance
from localaws.rest import answer
from localaws.services import BY_TARGET
from localaws.settings import Settings
from localaws.store import Store

NAMES = ("../x", "..", ".", "/etc/passwd", "a/../../b", "a\\b", "a\x00b", "a\nb", "..%2fx", "~root", "")
ROLE = "arn:aws:iam::000000000000:role/job"
S3 = {"S3Uri": "s3://bucket/in", "S3DataType": "S3Prefix"}


def _training(name: str) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": "own", "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "RoleArn": ROLE,
    }


def _processing(name: str) -> dict[str, Any]:
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
    return {
        "ProcessingJobName": name,
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": "own"},
        "RoleArn": ROLE,
    }


REQUESTS = {
    "CreateTrainingJob": _training,
    "CreateProcessingJob": _processing,
    "CreateEndpoint": lambda name: {"EndpointName": name, "EndpointConfigName": "c"},
    "CreateModel": lambda name: {"ModelName": name, "PrimaryContainer": {"Image": "own"}},
    "CreatePipeline": lambda name: {"PipelineName": name, "PipelineDefinition": "{}", "RoleArn": ROLE},
    "CreateModelPackageGroup": lambda name: {"ModelPackageGroupName": name},
}


@pytest.fixture
def aws(tmp_path: Path) -> Any:
    settings = Settings(port=45660, home=tmp_path / "outer/home")
    store = Store(settings.home / "sagemaker.db")
    yield Aws(settings, store, Events(store, lambda _: None), SimpleNamespace())  # type: ignore[arg-type]
    store.close()


@pytest.mark.parametrize("operation", REQUESTS)
def test_a_name_that_is_a_path_is_refused_and_makes_no_folder(aws: Aws, tmp_path: Path, operation: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    for name in NAMES:
        status, content = answer(BY_TARGET["SageMaker"], aws, operation, json.dumps(REQUESTS[operation](name)).encode())
        assert status == 400, name
        assert json.loads(content)["__type"] == "ValidationException", name
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", [".", ".."])
def test_a_channel_is_a_folder_of_its_own(aws: Aws, tmp_path: Path, name: str) -> None:
    document = {"InputDataConfig": [{"ChannelName": name, "DataSource": {"S3DataSource": S3}}]}
    with pytest.raises(ClientFailure, match="is not allowed"):
        training._stage(aws, document, Instance("algo-1", tmp_path / "job"), (0, 1), ["algo-1"])

"""What a request names and AWS looks for: inputs and artifacts in S3, and instances that EC2 still has."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localaws.aws import Aws
from localaws.errors import validation
from localaws.operations import SAGEMAKER
from localaws.rest import answer

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Api

Document = dict[str, Any]
ROLE = "arn:aws:iam::000000000000:role/job"
ARTIFACT = "s3://bucket/models/model.tar.gz"
NO_OBJECTS = (
    'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists in the '
    "selected region (us-east-1), that objects exist under that S3 prefix, and that the role "
    f'"{ROLE}" has "s3:ListBucket" permissions on bucket "{{bucket}}".'
)


def source(uri: str, kind: str = "S3Prefix") -> Document:
    return {"S3DataSource": {"S3DataType": kind, "S3Uri": uri}}


def definition(*uris: str, kind: str = "S3Prefix", instance: str = "ml.m5.large") -> Document:
    """What a training job and a search's definition of one have in common."""
    return {
        "AlgorithmSpecification": {"TrainingImage": "own", "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [
            {"ChannelName": f"channel{number}", "DataSource": source(uri, kind)} for number, uri in enumerate(uris)
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceType": instance, "InstanceCount": 2, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }


def search(body: Document) -> Document:
    """A random search over a definition."""
    loss = {"Name": "loss", "Regex": "loss=(.*)"}
    return {
        "HyperParameterTuningJobName": "search",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
            "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["sgd", "adam"]}]},
        },
        "TrainingJobDefinition": {
            **body,
            "AlgorithmSpecification": {**body["AlgorithmSpecification"], "MetricDefinitions": [loss]},
        },
    }


def transform(uri: str, instance: str = "ml.m5.large") -> Document:
    return {
        "TransformJobName": "guess",
        "ModelName": "model",
        "TransformInput": {"DataSource": source(uri)},
        "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
        "TransformResources": {"InstanceType": instance, "InstanceCount": 2},
    }


def processing(instance: str) -> Document:
    cluster = {"InstanceType": instance, "InstanceCount": 2, "VolumeSizeInGB": 1}
    return {
        "ProcessingJobName": "prepare",
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": "own"},
        "RoleArn": ROLE,
    }


def package(uri: str, **more: object) -> Document:
    return {
        "ModelPackageGroupName": "vehicles",
        "InferenceSpecification": {
            "Containers": [{"Image": "own", "ModelDataUrl": uri}],
            "SupportedContentTypes": ["image/png"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
        **more,
    }


@pytest.fixture
def api(cloud: Aws, cloud_api: Api) -> Api:
    """A SageMaker whose S3 has in/a and an artifact, with the model `model` of it."""
    for key in ("in/a", "models/model.tar.gz"):
        cloud.clients.s3.put_object(Bucket="bucket", Key=key, Body=b"x")
    cloud_api("CreateModelPackageGroup", ModelPackageGroupName="vehicles")
    cloud_api(
        "CreateModel",
        ModelName="model",
        ExecutionRoleArn=ROLE,
        PrimaryContainer={"Image": "own", "ModelDataUrl": ARTIFACT},
    )
    return cloud_api


@pytest.mark.parametrize(
    ("uri", "bucket"),
    [("s3://bucket/nothing", "bucket"), ("s3://bucket/in/a/deeper/", "bucket"), ("s3://no-bucket/in", "no-bucket")],
)
def test_a_job_over_an_empty_prefix_is_refused_when_it_is_created(api: Api, uri: str, bucket: str) -> None:
    said = NO_OBJECTS.format(uri=uri, bucket=bucket)
    body = definition("s3://bucket/in", uri)
    refusal = ("ValidationException", said)
    assert api.refused("CreateTrainingJob", TrainingJobName="train", **body) == refusal
    assert api.refused("CreateHyperParameterTuningJob", **search(body)) == refusal
    assert api.refused("CreateTransformJob", **transform(uri)) == refusal


def test_a_manifest_that_is_not_there_is_refused_as_an_empty_prefix_is(api: Api) -> None:
    body = definition("s3://bucket/manifest.json", kind="ManifestFile")
    said = api.refused("CreateTrainingJob", TrainingJobName="train", **body)[1]
    assert said == NO_OBJECTS.format(uri="s3://bucket/manifest.json", bucket="bucket")


def test_a_job_whose_inputs_are_there_is_created(api: Api) -> None:
    api("CreateTrainingJob", TrainingJobName="train", **definition("s3://bucket/in", "s3://bucket/in/a"))


@pytest.mark.parametrize("uri", ["s3://bucket/models/other.tar.gz", "s3://no-bucket/model.tar.gz"])
def test_a_model_without_its_artifact_is_refused(api: Api, uri: str) -> None:
    refusal = ("ValidationException", f"Could not find model data at {uri}.")
    container = {"Image": "own", "ModelDataUrl": uri}
    assert api.refused("CreateModel", ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container) == refusal
    assert api.refused("CreateModelPackage", **package(uri)) == refusal


def test_a_package_may_ask_for_no_look_at_its_artifact(api: Api) -> None:
    arn = api("CreateModelPackage", **package("s3://bucket/later.tar.gz", SkipModelValidation="All"))
    api("UpdateModelPackage", ModelPackageArn=arn["ModelPackageArn"], ModelApprovalStatus="Approved")
    container = {"ModelPackageName": arn["ModelPackageArn"]}
    said = api.refused("CreateModel", ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)[1]
    assert said == "Could not find model data at s3://bucket/later.tar.gz."


class Denied:
    """The S3 of a role that may neither list nor read."""

    def __getattr__(self, operation: str) -> Callable[..., Document]:
        def deny(**_: object) -> Document:
            code = "403" if operation == "head_object" else "AccessDenied"
            raise ClientError({"Error": {"Code": code, "Message": "denied"}}, operation)

        return deny


class Authority:
    """Hands out clients without rights, or refuses a role that SageMaker may not take on."""

    def __init__(self, *, trusted: bool) -> None:
        self.trusted = trusted
        self.s3 = Denied()
        self.credentials = None

    def clients(self, role: str) -> Authority:
        if not self.trusted:
            raise validation(f"Could not assume role {role}.")
        return self


@pytest.mark.parametrize("trusted", [True, False])
def test_a_model_whose_role_may_not_read_it_is_refused(cloud: Aws, api: Api, *, trusted: bool) -> None:
    aws = replace(cloud, authority=Authority(trusted=trusted))  # type: ignore[arg-type]
    container = {"Image": "own", "ModelDataUrl": ARTIFACT}
    request = {"ModelName": "m", "ExecutionRoleArn": ROLE, "PrimaryContainer": container}
    status, said = type(api)(aws).raw("CreateModel", json.dumps(request).encode())
    assert (status, said["__type"]) == (400, "ValidationException")
    assert said["message"].startswith(f'Could not access model data at {ARTIFACT}. Please ensure that the role "{ROLE}')
    assert answer(SAGEMAKER, aws, "DescribeModel", b'{"ModelName": "m"}')[0] == 400


def test_a_role_that_may_not_list_the_inputs_is_reported_as_if_there_were_none(cloud: Aws, api: Api) -> None:
    aws = replace(cloud, authority=Authority(trusted=True))  # type: ignore[arg-type]
    request = {"TrainingJobName": "train", **definition("s3://bucket/in")}
    said = type(api)(aws).raw("CreateTrainingJob", json.dumps(request).encode())[1]["message"]
    assert said == NO_OBJECTS.format(uri="s3://bucket/in", bucket="bucket")


WITHDRAWN = [
    (
        "CreateTrainingJob",
        {"TrainingJobName": "t", **definition("s3://bucket/in", instance="ml.p3.2xlarge")},
        "ml.p3.2xlarge",
        "training job",
    ),
    (
        "CreateHyperParameterTuningJob",
        search(definition("s3://bucket/in", instance="ml.p2.xlarge")),
        "ml.p2.xlarge",
        "training job",
    ),
    ("CreateProcessingJob", processing("ml.p3.8xlarge"), "ml.p3.8xlarge", "processing job"),
    ("CreateTransformJob", transform("s3://bucket/in", "ml.p2.xlarge"), "ml.p2.xlarge", "transform job"),
]


@pytest.mark.parametrize(("operation", "request_", "kind", "usage"), WITHDRAWN, ids=[case[0] for case in WITHDRAWN])
def test_a_new_account_has_no_quota_for_what_was_withdrawn(
    api: Api, operation: str, request_: Document, kind: str, usage: str
) -> None:
    code, said = api.refused(operation, **request_)
    assert code == "ResourceLimitExceeded"
    assert said.startswith(
        f"The account-level service limit '{kind} for {usage} usage' is 0 Instances, with current utilization of 0 "
        "Instances and a request delta of 2 Instances."
    )


def test_a_spot_job_has_a_quota_of_its_own(api: Api) -> None:
    body = definition("s3://bucket/in", instance="ml.p3.2xlarge")
    body["StoppingCondition"]["MaxWaitTimeInSeconds"] = 60
    said = api.refused("CreateTrainingJob", TrainingJobName="t", EnableManagedSpotTraining=True, **body)[1]
    assert "'ml.p3.2xlarge for spot training job usage' is 0" in said


@pytest.mark.parametrize(("operation", "request_", "kind", "usage"), WITHDRAWN, ids=[case[0] for case in WITHDRAWN])
def test_an_existing_account_is_told_that_the_region_has_none(
    cloud: Aws, api: Api, operation: str, request_: Document, kind: str, usage: str
) -> None:
    old = replace(cloud, settings=replace(cloud.settings, existing_customer=True))
    refusal = type(api)(old).refused(operation, **request_)
    noun = usage.replace(" ", "-")
    assert refusal == ("ResourceLimitExceeded", f"The requested resource {noun}/{kind} is not available in this region")


def test_an_endpoint_on_a_withdrawn_type_is_refused_when_it_is_created(api: Api) -> None:
    variant = {"VariantName": "live", "ModelName": "model", "InstanceType": "ml.p3.2xlarge", "InitialInstanceCount": 3}
    api("CreateEndpointConfig", EndpointConfigName="config", ProductionVariants=[variant])
    code, said = api.refused("CreateEndpoint", EndpointName="endpoint", EndpointConfigName="config")
    assert code == "ResourceLimitExceeded"
    assert "'ml.p3.2xlarge for endpoint usage' is 0 Instances" in said
    assert "a request delta of 3 Instances" in said

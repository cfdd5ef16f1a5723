"""Container images of the account's registry: what is not in it is refused, when and in the words that AWS does it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localaws.aws import Aws
from localaws.errors import validation
from localaws.images.pulling import own_image, pull
from localaws.sagemaker.rules import pulling

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Api

Document = dict[str, Any]
REGISTRY = "000000000000.dkr.ecr.us-east-1.amazonaws.com"
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"})
ROLE = "arn:aws:iam::000000000000:role/job"
RIGHTS = (
    f"role {ROLE} has proper pull permissions for SageMaker: ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, "
    "ecr:GetDownloadUrlForLayer"
)
UNTOUCHED = [
    "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1",
    "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.2",
    "public.ecr.aws/docker/library/python:3.11",
    "python:3.11",
]


@pytest.fixture
def digest(cloud: Aws) -> str:
    """The digest of the one image that is there, `team/own:1`."""
    ecr = cloud.clients.get("ecr")
    ecr.create_repository(repositoryName="team/own")
    image = ecr.put_image(repositoryName="team/own", imageManifest=MANIFEST, imageTag="1")["image"]
    return str(image["imageId"]["imageDigest"])


def training(image: str) -> Document:
    return {
        "TrainingJobName": "train",
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }


def search(image: str) -> Document:
    body = training(image)
    del body["TrainingJobName"]
    body["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "loss", "Regex": "loss=(.*)"}]
    return {
        "HyperParameterTuningJobName": "search",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
            "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["sgd", "adam"]}]},
        },
        "TrainingJobDefinition": body,
    }


def model(image: str) -> Document:
    return {"ModelName": "model", "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": image}}


def processing(image: str) -> Document:
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
    return {
        "ProcessingJobName": "prepare",
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": image, "ContainerEntrypoint": ["python3", "-c", ""]},
        "RoleArn": ROLE,
    }


def processed(cloud: Aws, api: Api, image: str) -> str:
    """The FailureReason of a processing job of an image."""
    arn = api("CreateProcessingJob", **processing(image))["ProcessingJobArn"]
    cloud.tasks.join(arn, 20)
    return str(api("DescribeProcessingJob", ProcessingJobName="prepare").get("FailureReason", ""))


@pytest.mark.parametrize("account", ["000000000000", "763104351884"])
def test_an_image_of_another_region_is_refused_for_each_in_aws_s_words(cloud_api: Api, account: str) -> None:
    image = f"{account}.dkr.ecr.eu-west-1.amazonaws.com/team/own:1"
    words = (
        "Invalid DNS suffix 'amazonaws.com' for region 'eu-west-1' in training image. Please provide the valid "
        "<region>.<dns-suffix>: 'us-east-1.amazonaws.com'"
    )
    said = ("ValidationException", words)
    assert cloud_api.refused("CreateTrainingJob", **training(image)) == said
    assert cloud_api.refused("CreateHyperParameterTuningJob", **search(image)) == said
    assert cloud_api.refused("CreateModel", **model(image))[1] == (
        f'Region of "{image}" does not match expected region of us-east-1. Cross region ECR image pulls are not '
        "allowed."
    )
    assert cloud_api.refused("CreateProcessingJob", **processing(image))[1] == (
        f"Invalid region eu-west-1 in image URI {image}. Please provide an image URI in region us-east-1."
    )


@pytest.mark.usefixtures("digest")
def test_a_repository_that_is_not_there_is_refused(cloud: Aws, cloud_api: Api) -> None:
    image = f"{REGISTRY}/absent:1"
    said = (
        "ValidationException",
        "Cannot find repository: absent in registry ID: 000000000000 Please check if your ECR repository exists and "
        + RIGHTS,
    )
    assert cloud_api.refused("CreateTrainingJob", **training(image)) == said
    assert cloud_api.refused("CreateHyperParameterTuningJob", **search(image)) == said
    assert cloud_api.refused("CreateModel", **model(image)) == (said[0], f"Requested image {image} not found.")
    assert processed(cloud, cloud_api, image) == (
        f"ClientError: API error (404): repository {REGISTRY}/absent not found: name unknown: The repository with name "
        "'absent' does not exist in the registry with id '000000000000'"
    )


@pytest.mark.usefixtures("digest")
@pytest.mark.parametrize(
    ("name", "tag", "told"),
    [
        ("team/own:2", "2", "null"),
        ("team/own", "latest", "null"),
        (f"team/own@sha256:{'0' * 64}", "null", f"sha256:{'0' * 64}"),
    ],
)
def test_an_image_that_is_not_in_its_repository_is_refused(
    cloud: Aws, cloud_api: Api, name: str, tag: str, told: str
) -> None:
    image = f"{REGISTRY}/{name}"
    words = (
        f"Cannot find the requested image: {image} with tag: {tag} and digest: {told}. Please check if your ECR image "
    )
    said = ("ValidationException", f"{words}exists and {RIGHTS}")
    assert cloud_api.refused("CreateTrainingJob", **training(image)) == said
    assert cloud_api.refused("CreateHyperParameterTuningJob", **search(image)) == said
    assert cloud_api.refused("CreateModel", **model(image)) == (said[0], f"Requested image {image} not found.")
    assert processed(cloud, cloud_api, image) == (
        f"ClientError: API error (404): manifest for {image} not found: manifest unknown: Requested image not found"
    )


def test_an_image_that_is_there_by_its_tag_or_its_digest_is_taken(cloud: Aws, cloud_api: Api, digest: str) -> None:
    for image in (f"{REGISTRY}/team/own:1", f"{REGISTRY}/team/own@{digest}", f"{REGISTRY}/team/own:1@{digest}"):
        pulling.check_training(cloud, training(image))
        pull(cloud, image)
    cloud_api("CreateModel", **model(f"{REGISTRY}/team/own:1"))
    assert processed(cloud, cloud_api, f"{REGISTRY}/team/own:1") == ""


@pytest.mark.parametrize("image", UNTOUCHED)
def test_images_of_other_registries_are_not_looked_for(cloud: Aws, cloud_api: Api, image: str) -> None:
    assert own_image(cloud, image) is None
    cloud_api("CreateModel", **model(image))
    pulling.check_training(cloud, training(image))


class Denied:
    """The clients of a role that may not pull; without trust, there are none."""

    def __init__(self, *, trusted: bool) -> None:
        self.trusted = trusted
        self.credentials = None

    def clients(self, role: str) -> Denied:
        if not self.trusted:
            raise validation(f"Could not assume role {role}.")
        return self

    def get(self, _: str) -> Denied:
        return self

    def batch_get_image(self, **_: object) -> Document:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "BatchGetImage")


def test_a_role_without_the_rights_to_pull_is_told_which(cloud: Aws, cloud_api: Api) -> None:
    image = f"{REGISTRY}/team/own:1"
    api = type(cloud_api)(replace(cloud, authority=Denied(trusted=True)))  # type: ignore[arg-type]
    said = api.refused("CreateTrainingJob", **training(image))[1]
    assert said.startswith("Access denied for repository: team/own in registry ID: 000000000000.")
    assert said.endswith(RIGHTS)
    cannot = f"Role {ROLE} cannot pull {image}. Ensure that the role exists and the image was granted pull permission."
    assert api.refused("CreateModel", **model(image))[1] == cannot
    stranger = type(cloud_api)(replace(cloud, authority=Denied(trusted=False)))  # type: ignore[arg-type]
    assert stranger.refused("CreateModel", **model(image))[1] == cannot


def test_an_endpoint_whose_image_was_deleted_fails_with_the_reason(cloud: Aws, cloud_api: Api, digest: str) -> None:
    cloud_api("CreateModel", **model(f"{REGISTRY}/team/own:1"))
    variant = {"VariantName": "live", "ModelName": "model", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    cloud_api("CreateEndpointConfig", EndpointConfigName="config", ProductionVariants=[variant])
    cloud.clients.get("ecr").batch_delete_image(repositoryName="team/own", imageIds=[{"imageDigest": digest}])
    arn = cloud_api("CreateEndpoint", EndpointName="endpoint", EndpointConfigName="config")["EndpointArn"]
    cloud.tasks.join(arn, 20)
    described = cloud_api("DescribeEndpoint", EndpointName="endpoint")
    assert described["EndpointStatus"] == "Failed"
    assert "manifest unknown: Requested image not found" in described["FailureReason"]

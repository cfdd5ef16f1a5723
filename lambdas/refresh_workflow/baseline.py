"""A version's baseline: what its test images look like and how sure the model was of them, measured once."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import find_resource, get_code
from common.monitoring import BASELINE_SCHEMA
from common.s3 import parse_s3_address
from refresh_workflow.aws import Client, Clients
from refresh_workflow.endpoint import VERSION_TAG
from refresh_workflow.errors import RefreshError
from refresh_workflow.monitoring import Monitoring
from refresh_workflow.registry import read_words

ROOT = "/opt/ml/processing"
ENTRY_POINT = ["python3", "-m", "monitoring"]
CONSTRAINTS, STATISTICS = "constraints.json", "statistics.json"
MOST_ATTEMPTS = 5
MAX_RUNTIME_SECONDS = 3600
_GOING_ON = frozenset({"InProgress", "Stopping"})


@dataclass(frozen=True)
class Evidence:
    """Where the images that a version was tested on lie, and what it said of each."""

    version: str
    test_uri: str
    evaluation_uri: str


def find_evidence(sagemaker: Client, group: str, version: str) -> Evidence | None:
    """Read it from the registry; None for a version of another origin, or of older code."""
    words = read_words(sagemaker, group, version)
    if not words.get("test_uri") or not words.get("evaluation_uri"):
        return None
    return Evidence(version, words["test_uri"], words["evaluation_uri"])


def address(monitoring: Monitoring, version: str) -> str:
    """Where a version's baseline of the present schema lies: one of another schema is not found, and measured again."""
    return f"{monitoring.baseline_uri}schema-{BASELINE_SCHEMA}/v{version}"


def ensure_baseline(clients: Clients, monitoring: Monitoring, endpoint_name: str, evidence: Evidence) -> bool:
    """Start the job that measures the baseline unless it is there or on its way; say whether one was started."""
    if _is_there(clients.s3, f"{address(monitoring, evidence.version)}/{CONSTRAINTS}"):
        return False
    name = _free_name(clients.sagemaker, f"{endpoint_name}-baseline-s{BASELINE_SCHEMA}-v{evidence.version}")
    if name is None:
        return False
    try:
        clients.sagemaker.create_processing_job(**_job(name, monitoring, evidence))
    except ClientError as error:
        if get_code(error) == "ResourceInUse":  # a parallel call was quicker
            return False
        raise
    return True


def _is_there(s3: Client, uri: str) -> bool:
    place = parse_s3_address(uri)
    if place is None:
        return False
    listed = s3.list_objects_v2(Bucket=place.bucket, Prefix=place.key, MaxKeys=1)
    return bool(listed["KeyCount"])


def _free_name(sagemaker: Client, name: str) -> str | None:
    """A name for the job: names are used once, so what has failed is tried again under the next; None while one runs.

    Raises RefreshError when it has failed too often: there is something to fix first.
    """
    for attempt in range(1, MOST_ATTEMPTS + 1):
        candidate = name if attempt == 1 else f"{name}-{attempt}"
        found = find_resource(sagemaker.describe_processing_job, ProcessingJobName=candidate)
        if found is None:
            return candidate
        if found["ProcessingJobStatus"] in _GOING_ON:
            return None
    raise RefreshError(f"The baseline job {name} was tried {MOST_ATTEMPTS} times; see its log, and fix what it names.")


def _job(name: str, monitoring: Monitoring, evidence: Evidence) -> dict[str, Any]:
    output = {"S3Uri": address(monitoring, evidence.version), "LocalPath": f"{ROOT}/output", "S3UploadMode": "EndOfJob"}
    return {
        "ProcessingJobName": name,
        "ProcessingInputs": [_input("test", evidence.test_uri), _input("evaluation", evidence.evaluation_uri)],
        "ProcessingOutputConfig": {
            "Outputs": [{"OutputName": "baseline", "S3Output": output}],
            **monitoring.encryption,
        },
        "ProcessingResources": {"ClusterConfig": monitoring.cluster},
        "StoppingCondition": {"MaxRuntimeInSeconds": MAX_RUNTIME_SECONDS},
        "AppSpecification": {"ImageUri": monitoring.image_uri, "ContainerEntrypoint": ENTRY_POINT},
        "Environment": {
            "dataset_format": '{"csv": {"header": true}}',
            "dataset_source": f"{ROOT}/baseline",
            "output_path": f"{ROOT}/output",
            "publish_cloudwatch_metrics": "Disabled",
        },
        "NetworkConfig": monitoring.network,
        "RoleArn": monitoring.role_arn,
        "Tags": [{"Key": VERSION_TAG, "Value": evidence.version}],
    }


def _input(name: str, uri: str) -> dict[str, Any]:
    source = {
        "S3Uri": uri,
        "LocalPath": f"{ROOT}/baseline/{name}",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
        "S3DataDistributionType": "FullyReplicated",
        "S3CompressionType": "None",
    }
    return {"InputName": name, "S3Input": source}

"""What an execution's container is given: the captures of its window's hours, the baseline, and the ground truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from localaws.aws import Aws
from localaws.failures import ClientFailure, JobFailure
from localaws.hosting import upkeep
from localaws.jobs.staging import split_uri
from localaws.monitoring.times import Window
from localaws.records import endpoints
from localaws.records.jobs import PROCESSING, find_job
from localaws.shapes import Document

# Where AWS puts the two files of a baseline, whatever their names in S3 are.
BASELINE = {
    "baseline_statistics": ("StatisticsResource", "baseline", "/opt/ml/processing/baseline/stats"),
    "baseline_constraints": ("ConstraintsResource", "constraints", "/opt/ml/processing/baseline/constraints"),
}
GROUND_TRUTH = "/opt/ml/processing/groundtruth"


class NoData(JobFailure):
    """Nothing was captured in the window; AWS fails the execution, in these words, and starts no job."""

    def __init__(self) -> None:
        super().__init__("Job inputs had no data")


def captures(aws: Aws, endpoint_input: Document, window: Window, s3: Any) -> list[Document]:  # noqa: ANN401 - boto3's
    """One ProcessingInput for each hour of the window in which a variant has captures, as the job's `s3` sees them."""
    endpoint = endpoint_input["EndpointName"]
    uri = _destination(aws, endpoint)
    # What was answered a moment ago may still be in memory.
    upkeep.flush(aws)
    local = endpoint_input["LocalPath"].rstrip("/")
    found = [
        _input(f"endpoint_input_{number}", address, f"{local}/{place}", endpoint_input)
        for number, (address, place) in enumerate(_hours(s3, uri, endpoint, window), start=1)
    ]
    if not found:
        raise NoData
    return found


def find_baseline(aws: Aws, definition: Document) -> Document:
    """A definition's BaselineConfig, with the files of its baselining job where it names no other."""
    config: Document = definition.get("BaselineConfig", {})
    name = config.get("BaseliningJobName")
    if not name:
        return config
    job = find_job(aws, PROCESSING, name)
    if job is None or job["ProcessingJobStatus"] != "Completed":
        raise ClientFailure(f"The baselining job {name} has not completed: run it again, or name its files.")
    outputs = job.get("ProcessingOutputConfig", {}).get("Outputs", [])
    places = [output["S3Output"]["S3Uri"].rstrip("/") for output in outputs if "S3Output" in output]
    written = {
        member: {"S3Uri": f"{place}/{member.removesuffix('Resource').lower()}.json"}
        for place in places[:1]
        for member, _, _ in BASELINE.values()
    }
    return {**written, **config}


def baseline(config: Document) -> list[Document]:
    """The ProcessingInputs of the files that a BaselineConfig names."""
    return [
        _input(name, config[member]["S3Uri"], path, {})
        for member, name, path in BASELINE.values()
        if config.get(member, {}).get("S3Uri")
    ]


def ground_truth(definition: Document, window: Window) -> list[Document]:
    """The ProcessingInputs of the labels of the window's hours, for a model quality definition."""
    uri = definition["MonitoringInputs"][0].get("GroundTruthS3Input", {}).get("S3Uri", "").rstrip("/")
    hours = [f"{hour:%Y/%m/%d/%H}" for hour in window.hours()] if uri else []
    return [
        _input(f"groundtruth_input_{number}", f"{uri}/{hour}", f"{GROUND_TRUTH}/{hour}", {})
        for number, hour in enumerate(hours, start=1)
    ]


def _destination(aws: Aws, endpoint: str) -> str:
    document = endpoints.find(aws, endpoint)
    if document is None:
        raise ClientFailure(f"The endpoint {endpoint} does not exist any more.")
    uri: str = document.get("DataCaptureConfig", {}).get("DestinationS3Uri", "")
    if not uri:
        raise ClientFailure(f"The endpoint {endpoint} captures no data any more.")
    return uri.rstrip("/")


def _hours(s3: Any, uri: str, endpoint: str, window: Window) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """S3 address and place below the input's folder of each variant's hours that hold something."""
    bucket, prefix = split_uri(uri)
    base = f"{prefix}/{endpoint}".lstrip("/")
    try:
        variants = s3.list_objects_v2(Bucket=bucket, Prefix=f"{base}/", Delimiter="/").get("CommonPrefixes", [])
        for variant in [item["Prefix"].rstrip("/").rsplit("/", 1)[-1] for item in variants]:
            for hour in window.hours():
                place = f"{variant}/{hour:%Y/%m/%d/%H}"
                if s3.list_objects_v2(Bucket=bucket, Prefix=f"{base}/{place}/", MaxKeys=1)["KeyCount"]:
                    yield f"s3://{bucket}/{base}/{place}", f"{endpoint}/{place}"
    except ClientError as error:
        raise ClientFailure(f"The captures below {uri} cannot be listed: {error}") from error


def _input(name: str, uri: str, path: str, like: Document) -> Document:
    source = {
        "S3Uri": uri,
        "LocalPath": path,
        "S3DataType": "S3Prefix",
        "S3InputMode": like.get("S3InputMode", "File"),
        "S3DataDistributionType": like.get("S3DataDistributionType", "FullyReplicated"),
    }
    return {"InputName": name, "S3Input": source}

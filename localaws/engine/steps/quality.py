"""QualityCheck steps: a job of Model Monitor's image that measures a dataset, and holds it against a baseline.

https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-quality-check
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from localaws.engine.context import Run, StepContext
from localaws.engine.quality import BASELINES, JOB, TYPE
from localaws.engine.retries import Failure
from localaws.engine.steps.job import run_job
from localaws.failures import JobFailure
from localaws.jobs.staging import split_uri
from localaws.names import bare
from localaws.records.jobs import PROCESSING
from localaws.records.models import GROUP, list_versions
from localaws.shapes import Document

_VIOLATIONS = "constraint_violations.json"
# Where Model Monitor puts the two files of a baseline, and the variables that name them.
_PLACES = {
    "Statistics": ("baseline", "/opt/ml/processing/baseline/stats", "baseline_statistics"),
    "Constraints": ("constraints", "/opt/ml/processing/baseline/constraints", "baseline_constraints"),
}


@dataclass(frozen=True)
class Baseline:
    """The addresses of a baseline's two files."""

    statistics: str
    constraints: str

    def describe(self, prefix: str) -> Document:
        """As properties of a step, such as CalculatedBaselineStatistics."""
        return {f"{prefix}Statistics": self.statistics, f"{prefix}Constraints": self.constraints}


def quality_check(context: StepContext) -> Document:
    """Run the check; raises Failure where it finds violations and the step is to fail of them."""
    arguments = context.arguments
    skips, registers = bool(arguments.get("SkipCheck")), bool(arguments.get("RegisterNewBaseline"))
    previous = _find_previous(context)
    if previous is None and not (skips and registers):
        raise Failure(_explain_missing(arguments))
    place = _output(arguments[JOB])
    calculated = Baseline(f"{place}/statistics.json", f"{place}/constraints.json")
    used = calculated if previous is None or registers else previous
    properties = {
        **calculated.describe("CalculatedBaseline"),
        **used.describe("BaselineUsedForDriftCheck"),
    }
    described = {
        **{name: arguments[name] for name in ("CheckType", "ModelPackageGroupName") if arguments.get(name)},
        **{"SkipCheck": skips, "RegisterNewBaseline": registers},
        **properties,
    }
    request = arguments[JOB] if skips or previous is None else _with_baseline(arguments[JOB], previous)

    def note(arn: str, **more: str) -> None:
        context.record({TYPE: {**described, "CheckJobArn": arn, **more}})

    job = run_job(PROCESSING, context, request, note)
    if not skips and _has_violations(context, f"{place}/{_VIOLATIONS}"):
        note(job[PROCESSING.arn], ViolationReport=f"{place}/{_VIOLATIONS}")
        if arguments.get("FailOnViolation", True):
            raise Failure(f"ClientError: Quality check failed. See violation report: {place}/{_VIOLATIONS}")
    return properties


def _find_previous(context: StepContext) -> Baseline | None:
    """The baseline that is supplied, else that of the group's latest approved version; of each file on its own."""
    registered = _find_registered(context)
    found = {
        name: context.arguments.get(f"SuppliedBaseline{name}") or registered.get(name, {}).get("S3Uri")
        for name in ("Statistics", "Constraints")
    }
    return Baseline(found["Statistics"], found["Constraints"]) if all(found.values()) else None


def _find_registered(context: StepContext) -> Document:
    group = context.arguments.get("ModelPackageGroupName")
    if not group:
        return {}
    context.authorize("ListModelPackages", {"ModelPackageGroupName": group})
    name = bare(group)
    if context.aws.store.get(GROUP, name) is None:
        return {}  # the pipeline's first run registers its first version
    approved = [item for item in list_versions(context.aws, name) if item["ModelApprovalStatus"] == "Approved"]
    latest = max(approved, key=lambda item: int(item["ModelPackageVersion"]), default=None)
    if latest is None:
        return {}
    context.authorize("DescribeModelPackage", {"ModelPackageName": latest["ModelPackageArn"]})
    baselines: Document = latest.get("DriftCheckBaselines", {}).get(BASELINES[context.arguments["CheckType"]], {})
    return baselines


def _explain_missing(arguments: Document) -> str:
    kind = arguments["CheckType"]
    wanted = "RegisterNewBaseline is false" if arguments.get("SkipCheck") else "SkipCheck is false"
    return (
        f"ClientError: No previous baseline of {kind} was found, which is needed as {wanted}: give "
        "SuppliedBaselineStatistics and SuppliedBaselineConstraints, or a ModelPackageGroupName whose latest approved "
        f"version has DriftCheckBaselines.{BASELINES[kind]}."
    )


def _output(request: Document) -> str:
    """Where in S3 the container's files go: the output of the folder that it is told to write to."""
    folder = request.get("Environment", {}).get("output_path")
    for output in request.get("ProcessingOutputConfig", {}).get("Outputs", []):
        place: Document = output.get("S3Output", {})
        if place.get("LocalPath") == folder:
            return str(place["S3Uri"]).rstrip("/")
    raise Failure(f"ClientError: No output of the quality check's job has the LocalPath {folder!r}, its output_path.")


def _with_baseline(request: Document, baseline: Baseline) -> Document:
    """The job with a baseline's files among its inputs, and their places in its environment."""
    inputs, variables = list(request.get("ProcessingInputs", [])), dict(request.get("Environment", {}))
    for name, uri in (("Statistics", baseline.statistics), ("Constraints", baseline.constraints)):
        input_name, folder, variable = _PLACES[name]
        source = {"S3Uri": uri, "LocalPath": folder, "S3DataType": "S3Prefix", "S3InputMode": "File"}
        inputs.append({"InputName": input_name, "S3Input": source})
        variables[variable] = f"{folder}/{uri.rsplit('/', 1)[-1]}"
    return {**request, "ProcessingInputs": inputs, "Environment": variables}


def _has_violations(context: StepContext, uri: str) -> bool:
    try:
        bucket, key = split_uri(uri)
        document: Any = json.loads(context.acting.clients.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        return bool(document["violations"])
    except (ClientError, ValueError, LookupError, TypeError, JobFailure) as error:
        raise Failure(f"ClientError: The violation report {uri} cannot be read: {error}") from error


RUNS: dict[str, Run] = {TYPE: quality_check}

"""Start an execution, and know whether it is the one that was meant."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from common.metadata import clean_value
from start_training.call import Call
from start_training.executions import Execution, describe, prefix

STARTED_BY = "start_training"
UNKNOWN = "unknown"
LONGEST_DESCRIPTION = 3072
_TAKEN = re.compile("idempoten|clientrequesttoken|client request token", re.IGNORECASE)


def start(
    sagemaker: Any,  # noqa: ANN401 - boto3's clients have no static type
    pipeline: str,
    call: Call,
    sentence: str,
    data: dict[str, str],
    batches: list[str],
    executions: Sequence[Execution],
) -> str | None:
    """Start an execution and return its ARN; None where another call was quicker.

    The token is made of the newest execution that was seen, whatever the reason: of calls that race, for drift and
    for a batch even, AWS lets one start. Everything else in the request follows from what was seen too, so that a
    repeated request is the same request.
    """
    newest = executions[0].arn if executions else pipeline
    token = hashlib.sha256(f"start_training {newest}".encode()).hexdigest()
    description = describe(_details(call, sentence), batches)
    parameters = {
        **data,
        "StartedBy": STARTED_BY,
        "StartReason": clean_value(f"{call.kind}: {sentence}"),
        "CommitId": _commit(sagemaker, executions),
    }
    arn = _request(
        sagemaker,
        PipelineName=pipeline,
        PipelineExecutionDisplayName=f"{prefix(call.kind)}{token[:12]}",
        PipelineExecutionDescription=description,
        PipelineParameters=[{"Name": name, "Value": value} for name, value in sorted(parameters.items())],
        ClientRequestToken=token,
    )
    if arn is None:
        return None
    begun = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    return arn if begun.get("PipelineExecutionDescription") == description else None


def _request(sagemaker: Any, **request: Any) -> str | None:  # noqa: ANN401
    try:
        return str(sagemaker.start_pipeline_execution(**request)["PipelineExecutionArn"])
    except ClientError as error:
        details = error.response["Error"]
        if details["Code"] == "ConflictException" or _TAKEN.search(f"{details['Code']} {details['Message']}"):
            return None
        raise


def _details(call: Call, sentence: str) -> str:
    """The sentence and CloudWatch's own words, on one line, with room left for the batches' names."""
    words = f"{sentence} ({call.details})" if call.details else sentence
    return " ".join(words.split())[: LONGEST_DESCRIPTION // 4].rstrip(".")


def _commit(sagemaker: Any, executions: Sequence[Execution]) -> str:  # noqa: ANN401
    """The commit whose code runs: the definition is the one that the newest execution ran."""
    if not executions:
        return UNKNOWN
    pages = sagemaker.get_paginator("list_pipeline_parameters_for_execution").paginate(
        PipelineExecutionArn=executions[0].arn
    )
    values = {entry["Name"]: entry["Value"] for page in pages for entry in page["PipelineParameters"]}
    return str(values.get("CommitId", UNKNOWN))

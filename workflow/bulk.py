"""All images under an S3 prefix: a Distributed Map over batches, and one file of results.

Each batch goes through the three functions of the inference workflow once, as a list. An image that is refused is a
line of the results with its name and why; only a batch that fails as a whole counts against the tolerance.
Input: `{"bucket": ..., "prefix": ...}`. The execution's name is the job: its results lie under bulk/<job>/.
"""

from __future__ import annotations

from typing import Any

from stepfunctions.steps import Chain, Graph, Map, Pass, Task

from workflow import placeholders
from workflow.additions import complete, distribute
from workflow.delivery import ASSIGNMENTS
from workflow.tasks import function_task

SECONDS = 4 * 60 * 60
CONCURRENCY = 2
_CLASSIFY_PICTURES = "ClassifyPictures"


def build() -> dict[str, Any]:
    """The state machine's definition in Amazon States Language, with placeholders."""
    classify = Map(
        _CLASSIFY_PICTURES,
        comment="Batches of images, a few at a time",
        iterator=Chain([_serialize(), _classify(), _filter()]),
        max_concurrency=CONCURRENCY,
        result_path="$.results",
    )
    graph = Graph(
        Chain([_prepare_job(), classify, _job_done()]),
        comment="Labels and assignments of all images under an S3 prefix",
        timeout_seconds=SECONDS,
    )
    return complete(distribute(graph.to_dict(), _CLASSIFY_PICTURES))


def _prepare_job() -> Pass:
    return Pass(
        "PrepareJob",
        parameters={
            "bucket.$": "$.bucket",
            "prefix.$": "$.prefix",
            "job.$": "$$.Execution.Name",
            "results_prefix.$": "States.Format('bulk/{}', $$.Execution.Name)",
        },
    )


def _serialize() -> Task:
    payload = {"items.$": "$.Items", "image_size": placeholders.IMAGE_SIZE}
    return function_task("SerializeImages", placeholders.SERIALIZE_FUNCTION, payload, 300, [])


def _classify() -> Task:
    payload = {
        "items.$": "$.items",
        "endpoint_name": placeholders.ENDPOINT_NAME,
        "model_version": placeholders.MODEL_VERSION,
    }
    return function_task("ClassifyImages", placeholders.CLASSIFY_FUNCTION, payload, 300, [])


def _filter() -> Task:
    payload = {
        "items.$": "$.items",
        "threshold": placeholders.CONFIDENCE_THRESHOLD,
        "assignments": ASSIGNMENTS,
    }
    # The list alone is a batch's output, which the results file then holds a line an image.
    return function_task("FilterConfidences", placeholders.FILTER_FUNCTION, payload, 300, [], "$.Payload.items")


def _job_done() -> Pass:
    return Pass(
        "JobDone",
        parameters={
            "status": "COMPLETED",
            "job.$": "$.job",
            "manifest_uri.$": (
                "States.Format('s3://{}/{}', $.results.ResultWriterDetails.Bucket, $.results.ResultWriterDetails.Key)"
            ),
        },
    )

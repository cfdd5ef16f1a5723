"""What the stepfunctions SDK 2.3.0 cannot say, added to the definition that it built, and said nowhere else.

Jitter and a longest delay for every Retry, the error of Fail states taken from the input, other partitions than `aws`,
and Distributed Map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from workflow import placeholders

State = dict[str, Any]

LONGEST_DELAY_SECONDS = 20
BATCH_PICTURES = 100
# A state carries 256 KiB. What a batch answers is less than eight times the addresses that it was asked with.
BATCH_BYTES = 32_768
TOLERATED_FAILURE_PERCENTAGE = 5
_INTEGRATION = f"arn:{placeholders.PARTITION}:states:::"
_IN_WORDS = {"ErrorPath": "$.failure.errorType", "CausePath": "$.failure.errorMessage"}
_FAILURES = {
    "PictureRefused": _IN_WORDS,
    "EndpointFailed": _IN_WORDS,
    "InferenceFailed": {"ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"},
}


def complete(definition: State) -> State:
    """Add what every workflow needs: jittered retries, failures in the words of what failed, and the partition."""
    for name, state in _states(definition):
        for retry in state.get("Retry", []):
            retry.update({"JitterStrategy": "FULL", "MaxDelaySeconds": LONGEST_DELAY_SECONDS})
        state.update(_FAILURES.get(name, {}))
        if "Resource" in state:
            # The SDK knows one partition.
            state["Resource"] = re.sub("^arn:[a-z-]+:states:::", _INTEGRATION, state["Resource"])
    return definition


def distribute(definition: State, name: str) -> State:
    """Make the inline Map state of this name a Distributed Map over `$.prefix` of `$.bucket`."""
    state = definition["States"][name]
    state["ItemProcessor"] = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        **state.pop("Iterator"),
    }
    state |= {
        "Label": name,
        "ItemReader": {
            "Resource": f"{_INTEGRATION}s3:listObjectsV2",
            "Parameters": {"Bucket.$": "$.bucket", "Prefix.$": "$.prefix"},
        },
        "ItemSelector": {"image_uri.$": "States.Format('s3://{}/{}', $.bucket, $$.Map.Item.Value.Key)"},
        "ItemBatcher": {"MaxItemsPerBatch": BATCH_PICTURES, "MaxInputBytesPerBatch": BATCH_BYTES},
        "ToleratedFailurePercentage": TOLERATED_FAILURE_PERCENTAGE,
        "ResultWriter": {
            "Resource": f"{_INTEGRATION}s3:putObject",
            "Parameters": {"Bucket": placeholders.BUCKET, "Prefix.$": "$.results_prefix"},
            "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"},
        },
    }
    return definition


def _states(definition: State) -> Iterator[tuple[str, State]]:
    for name, state in definition["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from _states(state["ItemProcessor"])

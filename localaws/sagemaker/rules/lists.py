"""What the elements of a list have to be to each other: names that stand once, and metrics that can be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from localaws.refusals import rule
from localaws.shapes import Document


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


@rule(
    "Each channel has a name of its own, as it is a folder of the container",
    "botocore: Channel.ChannelName; https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html",
    likely=True,
)
def channels_named_once(request: Document) -> str | None:
    """The channels of a training job."""
    twice = _repeated(channel["ChannelName"] for channel in request.get("InputDataConfig") or [])
    return f"Channel names must be unique; {', '.join(twice)} stands more than once." if twice else None


@rule(
    "Each metric has a name of its own, and a regular expression that is one",
    "botocore: MetricDefinition.Regex, MetricDefinition.Name",
    likely=True,
)
def metrics_are_read(request: Document) -> str | None:
    """The metrics of a training job."""
    metrics = request.get("AlgorithmSpecification", {}).get("MetricDefinitions") or []
    twice = _repeated(metric["Name"] for metric in metrics)
    if twice:
        return f"Metric definition names must be unique; {', '.join(twice)} stands more than once."
    for metric in metrics:
        try:
            re.compile(metric["Regex"])
        except re.error as error:
            return f"The Regex {metric['Regex']!r} of the metric {metric['Name']} is not valid: {error}."
    return None


@rule(
    "Each input and each output of a processing job has a name of its own",
    "botocore: ProcessingInput.InputName, ProcessingOutput.OutputName",
    likely=True,
)
def processing_named_once(request: Document) -> str | None:
    """The inputs and outputs of a processing job."""
    outputs = (request.get("ProcessingOutputConfig") or {}).get("Outputs") or []
    for kind, items in (("Input", request.get("ProcessingInputs") or []), ("Output", outputs)):
        twice = _repeated(item[f"{kind}Name"] for item in items)
        if twice:
            return f"{kind}Name must be unique within a processing job; {', '.join(twice)} stands more than once."
    return None


@rule(
    "Each container of a model has a host name of its own, and one where it is invoked by it",
    "botocore: ContainerDefinition.ContainerHostname; "
    "https://docs.aws.amazon.com/sagemaker/latest/dg/multi-container-direct.html",
    likely=True,
)
def hosts_named_once(request: Document) -> str | None:
    """The containers of a model."""
    containers = request.get("Containers") or []
    twice = _repeated(item["ContainerHostname"] for item in containers if item.get("ContainerHostname"))
    if twice:
        return f"ContainerHostname must be unique within a model; {', '.join(twice)} stands more than once."
    direct = (request.get("InferenceExecutionConfig") or {}).get("Mode") == "Direct"
    if direct and not all(item.get("ContainerHostname") for item in containers):
        return "ContainerHostname must be specified for every container of a model whose mode is Direct."
    return None

"""Step caching: an unchanged step takes the result of the last successful run of the same arguments.

Only the arguments that AWS counts are in the key (its developer guide's "default cache key attributes"): where the
outputs go and on which instances a job runs are not, so a run-specific output path does not miss the cache. One thing
is counted that AWS has but one of: the engine that trains for the image classification algorithm.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from localaws.aws import now
from localaws.engine import quality
from localaws.engine.definition import Step, seconds
from localaws.images.builtin import IMAGE_CLASSIFICATION, repository
from localaws.shapes import Document
from localaws.store import Store

KIND = "step-cache"

_KEY_MEMBERS = {
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
    "Training": (
        "AlgorithmSpecification",
        "CheckpointConfig",
        "DebugHookConfig",
        "DebugRuleConfigurations",
        "Environment",
        "HyperParameters",
        "InputDataConfig",
    ),
    "Tuning": ("HyperParameterTuningJobConfig", "TrainingJobDefinition", "TrainingJobDefinitions"),
    # The whole job, as AWS counts QualityCheckConfig and CheckJobConfig.
    quality.TYPE: (quality.JOB, *quality.KEYED),
    "Transform": ("DataProcessing", "Environment", "ModelClientConfig", "ModelName", "TransformInput"),
}
# Of a training job definition too: where its artifacts go is not counted.
_DEFINITION_MEMBERS = (
    "AlgorithmSpecification",
    "DefinitionName",
    "HyperParameterRanges",
    "InputDataConfig",
    "StaticHyperParameters",
    "TuningObjective",
)


def enabled(step: Step) -> bool:
    """Whether the step may take a cached result."""
    return step.type in _KEY_MEMBERS and bool(step.body.get("CacheConfig", {}).get("Enabled"))


def key(pipeline: str, step: Step, arguments: Document, engine: str) -> str:
    """The cache key of a step's resolved arguments; `engine` is in that of image classification's trainings."""
    members = _KEY_MEMBERS.get(step.type, ())
    counted = {name: _counted(name, arguments[name]) for name in members if name in arguments}
    if _classifies_images(arguments):
        counted["TrainingEngine"] = engine
    digest = hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()
    return f"{pipeline}/{step.name}/{step.type}/{digest}"


def _classifies_images(arguments: Document) -> bool:
    jobs = [arguments, arguments.get("TrainingJobDefinition", {}), *arguments.get("TrainingJobDefinitions", [])]
    images = [job.get("AlgorithmSpecification", {}).get("TrainingImage", "") for job in jobs]
    return IMAGE_CLASSIFICATION in map(repository, images)


def _counted(member: str, value: Any) -> Any:  # noqa: ANN401 - JSON of any type
    if member == "TrainingJobDefinitions":
        return [_counted("TrainingJobDefinition", item) for item in value]
    if member == "TrainingJobDefinition":
        return {name: value[name] for name in _DEFINITION_MEMBERS if name in value}
    return value


def find(store: Store, cache_key: str, step: Step) -> Document | None:
    """The cached result {Execution, Metadata, Outputs} if there is one that has not expired."""
    found = store.get(KIND, cache_key)
    expire_after = step.body.get("CacheConfig", {}).get("ExpireAfter")
    if found and expire_after and now() - found["Time"] > seconds(expire_after):
        return None
    return found


def forget(store: Store, pipeline: str) -> None:
    """Remove the results of a pipeline that is removed with the executions that they are of."""
    for name in store.all_keys(KIND, f"{pipeline}/"):
        store.delete(KIND, name)


def keep(store: Store, cache_key: str, execution: str, metadata: Document, outputs: Document) -> None:
    """Remember a step's result for later executions."""
    store.put(KIND, cache_key, {"Time": now(), "Execution": execution, "Metadata": metadata, "Outputs": outputs})

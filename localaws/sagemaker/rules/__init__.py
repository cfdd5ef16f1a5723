"""What AWS refuses though each member by itself is as its model wants it: rules that join several members.

Each rule says where it comes from. Those that need no more than the request are in `JOINS`; those that look at S3 or
at the registry of images are in the modules `inputs`, `artifacts` and `pulling`. See docs/decisions/0024.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from localaws.sagemaker.rules import hosting, processing, registry, training, transform, tuning
from localaws.sagemaker.rules.rule import Rule, check
from localaws.shapes import Document

JOINS: Mapping[str, Sequence[Rule]] = {
    "CreateTrainingJob": training.RULES,
    "CreateProcessingJob": processing.RULES,
    "CreateTransformJob": transform.RULES,
    # Of one training job definition; each of its instances is held against CreateTrainingJob's rules as well.
    "CreateHyperParameterTuningJob": tuning.RULES,
    # Of a schedule's job definition, which has a shape of its own for each kind.
    "CreateMonitoringSchedule": processing.MONITORING_RULES,
    "CreateModel": hosting.MODEL_RULES,
    "CreateEndpointConfig": hosting.ENDPOINT_CONFIG_RULES,
    "CreateModelPackage": registry.RULES,
}


def check_joins(operation: str, request: Document) -> None:
    """Raise AWS's error for a request that breaks a join of its operation's members."""
    check(JOINS[operation], request)

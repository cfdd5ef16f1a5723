"""What a QualityCheck step has beside its processing job, as the SDK writes it (sagemaker.workflow.quality_check_step).

https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-quality-clarify-baseline-lifecycle.html says what the options
do, and which baseline each of their combinations leaves to later steps.
"""

from __future__ import annotations

from botocore.model import Shape

from localaws.algorithms.model_monitor.request import DATA_QUALITY, MODEL_QUALITY
from localaws.shapes import Document, service_model

TYPE = "QualityCheck"
BASELINES = {DATA_QUALITY: "ModelDataQuality", MODEL_QUALITY: "ModelQuality"}
"""The types of a check, and where a version's DriftCheckBaselines have the baseline of each."""
KEYED = (
    *("SkipCheck", "RegisterNewBaseline", "ModelPackageGroupName"),
    *("SuppliedBaselineConstraints", "SuppliedBaselineStatistics"),
)
"""The options that are in the key of a step's cache: https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-default-keys.html"""
OPTIONS = ("CheckType", "FailOnViolation", *KEYED)
JOB = "Job"
"""Of a step's arguments, what its processing job is created with."""
PROPERTIES = (
    *("CalculatedBaselineConstraints", "CalculatedBaselineStatistics"),
    *("BaselineUsedForDriftCheckConstraints", "BaselineUsedForDriftCheckStatistics"),
)
"""What later steps may read of one, addresses in S3 all of them."""


def build_arguments(body: Document) -> Document:
    """A step's arguments: its job's, and the options that it gives; the SDK writes null for those that it has not."""
    options = {name: body[name] for name in OPTIONS if body.get(name) is not None}
    return {JOB: body.get("Arguments", {}), **options}


def get_option_shape(name: str) -> Shape:
    """What an option may be: the API has each as a member of what it says of a step that has run, or one alike."""
    alike = {
        "FailOnViolation": "SkipCheck",
        "SuppliedBaselineConstraints": "BaselineUsedForDriftCheckConstraints",
        "SuppliedBaselineStatistics": "BaselineUsedForDriftCheckStatistics",
    }
    shape: Shape = service_model().shape_for("QualityCheckStepMetadata").members[alike.get(name, name)]
    return shape

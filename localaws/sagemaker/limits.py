"""What AWS refuses in a job request beyond its shape."""

from __future__ import annotations

from localaws import errors
from localaws.images.builtin import IMAGE_CLASSIFICATION, find_algorithm, repository
from localaws.jobs.script_mode.program import names_script
from localaws.shapes import Document

OWN_METRICS = "You can't override the metric definitions for Amazon SageMaker algorithms."
# The built-in image classification algorithm trains on GPU instances only (its developer guide names the families).
_GPU_FAMILIES = ("ml.p2.", "ml.p3.", "ml.p3dn.", "ml.g4dn.", "ml.g5.")


def check_processing(request: Document) -> None:
    """Refuse, with AWS's error, a processing job whose paths AWS does not mount."""
    for item in [
        *request.get("ProcessingInputs", []),
        *request.get("ProcessingOutputConfig", {}).get("Outputs", []),
    ]:
        place = item.get("S3Input") or item.get("S3Output") or {}
        check_paths(place.get("LocalPath", "/opt/ml/processing/"))


def check_paths(*paths: str) -> None:
    """Refuse paths that do not lie below /opt/ml/processing/."""
    for path in paths:
        if not path.startswith("/opt/ml/processing/") or ".." in path.split("/"):
            raise errors.validation(
                f"LocalPath {path!r} is not allowed; inputs and outputs lie below /opt/ml/processing/."
            )


def check_training(request: Document) -> None:
    """Refuse, with AWS's error, a training job that AWS would not create."""
    specification = request.get("AlgorithmSpecification")
    if specification is None:
        raise errors.validation("AlgorithmSpecification is required; serverless jobs cannot run on the local AWS.")
    if bool(specification.get("TrainingImage")) == ("AlgorithmName" in specification):
        raise errors.validation("Give either TrainingImage or AlgorithmName, and not both.")
    for member in ("ResourceConfig", "StoppingCondition"):
        if member not in request:
            raise errors.validation(f"{member} is required for a training job that has AlgorithmSpecification.")
    image = specification.get("TrainingImage", "")
    algorithm = find_algorithm(image)
    if algorithm is None or (algorithm.runs_scripts and names_script(request.get("HyperParameters", {}))):
        return
    if specification.get("MetricDefinitions"):
        raise errors.validation(OWN_METRICS)
    instance = request["ResourceConfig"].get("InstanceType", "")
    if repository(image) == IMAGE_CLASSIFICATION and not instance.startswith(_GPU_FAMILIES):
        raise errors.validation(
            f"The image classification algorithm trains on GPU instances only; {instance!r} was given, allowed are the "
            "families ml.p2, ml.p3, ml.g4dn and ml.g5."
        )

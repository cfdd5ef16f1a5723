"""The built-in algorithms that have a stand-in, and what the API knows of each: metrics, hyperparameters, goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from localaws import inference_toolkit
from localaws.algorithms import model_monitor, xgboost
from localaws.algorithms.image_classification import hyperparameters as image_classification
from localaws.algorithms.rule import Rule
from localaws.algorithms.xgboost import hyperparameters as xgboost_hyperparameters
from localaws.algorithms.xgboost import metrics as xgboost_metrics
from localaws.algorithms.xgboost.versions import find_version
from localaws.settings import ACCOUNT
from localaws.shapes import Document

IMAGE_CLASSIFICATION = "image-classification"
MODEL_MONITOR = "sagemaker-model-monitor-analyzer"
WITHOUT_STAND_IN = frozenset(
    {
        *("blazingtext", "factorization-machines", "forecasting-deepar", "ipinsights", "kmeans", "knn", "lda"),
        *("linear-learner", "ntm", "object-detection", "object2vec", "pca", "randomcutforest"),
        *("semantic-segmentation", "seq2seq", "sagemaker-sparkml-serving"),
    }
)
"""The repositories of AWS's other built-in algorithms."""
_SERVERS = {
    "sagemaker-scikit-learn": "sklearn",
    "pytorch-inference": "pytorch",
    "sagemaker-pytorch": "pytorch",
    "pytorch-inference-graviton": "pytorch",
    "huggingface-pytorch-inference": "huggingface",
    "huggingface-tensorflow-inference": "huggingface",
}
_XGBOOST = ("xgboost", "sagemaker-xgboost")
_PYTHON = ("python3", "-m")
_PROCESSORS = {MODEL_MONITOR: ("pandas", "scipy")}  # and what each is computed with


@dataclass(frozen=True)
class Algorithm:
    """A built-in algorithm, of the version that an image has.

    `program` is what is run, before `train` or `serve`; `metrics` are the definitions that find them in its log lines,
    `objectives` those that a tuning job may optimize, with their directions; `rules` its hyperparameters, of which
    `required` are needed and `tunable` may have ranges of these kinds. `runs_scripts`: its image is a framework's too.
    `library` is the module that the stand-in cannot do without.
    """

    program: tuple[str, ...]
    arguments: tuple[str, ...]
    metrics: Sequence[Mapping[str, str]]
    objectives: Mapping[str, str]
    rules: Mapping[str, Rule]
    required: Sequence[str]
    tunable: Mapping[str, Sequence[str]]
    runs_scripts: bool = False
    library: str = "numpy"

    def words(self, verb: str) -> list[str]:
        """The program that stands for `train` or `serve`."""
        return [*self.program, verb, *self.arguments]


_CLASSIFIES_IMAGES = Algorithm(
    program=(*_PYTHON, "localaws.algorithms.image_classification"),
    arguments=(),
    metrics=[
        {"Name": f"{channel}:{metric}", "Regex": rf"{channel.capitalize()}-{metric}=([0-9.]+)"}
        for channel in ("train", "validation")
        for metric in ("accuracy", "cross-entropy")
    ],
    objectives={"validation:accuracy": "Maximize"},
    rules=image_classification.RULES,
    required=image_classification.REQUIRED,
    tunable=image_classification.TUNABLE,
)


def repository(image: str) -> str:
    """The repository's name in an image URI: `registry/name:tag` and `registry/name@digest` answer `name`."""
    name = image.rsplit("/", 1)[-1]
    return name.split("@")[0].split(":")[0]


def find_algorithm(image: str) -> Algorithm | None:
    """The built-in algorithm of an image, where a stand-in runs it; none of an image in the account's own registry."""
    if _is_own(image):
        return None
    name = repository(image)
    if name == IMAGE_CLASSIFICATION:
        return _CLASSIFIES_IMAGES
    return _build_xgboost(find_version(image)) if name in _XGBOOST else None


def find_server(image: str) -> list[str] | None:
    """The program that stands for the model server of a framework's image, on that image's Python."""
    framework = None if _is_own(image) else _SERVERS.get(repository(image))
    return [_PYTHON[0], inference_toolkit.PROGRAM, framework] if framework else None


def find_processor(image: str) -> tuple[list[str], tuple[str, ...]] | None:
    """The program that stands for an image of processing jobs, and the modules that it cannot do without."""
    libraries = None if _is_own(image) else _PROCESSORS.get(repository(image))
    return ([*_PYTHON, model_monitor.__name__], libraries) if libraries else None


def _is_own(image: str) -> bool:
    return image.startswith(f"{ACCOUNT}.")


@cache
def _build_xgboost(version: str) -> Algorithm:
    return Algorithm(
        program=(*_PYTHON, xgboost.__name__),
        arguments=(version,),
        metrics=xgboost_metrics.list_definitions(version),
        objectives=xgboost_metrics.list_objectives(version),
        rules=xgboost_hyperparameters.build_rules(version),
        required=xgboost_hyperparameters.REQUIRED,
        tunable=xgboost_hyperparameters.TUNABLE,
        runs_scripts=True,
        library="xgboost",
    )


def with_own_metrics(document: Document) -> Document:
    """A training job, or a search's definition of one, with the definitions of metrics that its algorithm brings."""
    specification = document.get("AlgorithmSpecification", {})
    algorithm = find_algorithm(specification.get("TrainingImage", ""))
    if algorithm is None or specification.get("MetricDefinitions"):
        return document
    own = {**specification, "MetricDefinitions": list(algorithm.metrics)}
    return {**document, "AlgorithmSpecification": own}

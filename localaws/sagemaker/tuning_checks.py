"""What AWS refuses in CreateHyperParameterTuningJob beyond its shape.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html and, for what of the built-in
algorithm may be searched, https://docs.aws.amazon.com/sagemaker/latest/dg/IC-tuning.html
"""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws
from localaws.images.builtin import Algorithm, find_algorithm
from localaws.operations import SAGEMAKER
from localaws.records.jobs import TRAINING
from localaws.refusals import check_rules
from localaws.sagemaker import closed, limits, tuning_ranges
from localaws.sagemaker.rules.jobs import TUNING_RULES
from localaws.shapes import Document
from localaws.tuning import definitions, endings, launch
from localaws.tuning.definitions import Definition

_MOST_PARALLEL = 100
_MOST_EPOCHS = 20_000


def check(aws: Aws, request: Document) -> None:
    """Refuse, with AWS's error, a tuning job that AWS would not create."""
    config = request["HyperParameterTuningJobConfig"]
    if ("TrainingJobDefinition" in request) == ("TrainingJobDefinitions" in request):
        raise errors.validation("Give either TrainingJobDefinition or TrainingJobDefinitions, and not both.")
    _placed(request, config)
    _several(request, config)
    for body in definitions.bodies(request):
        _training(aws, body)
        tuning_ranges.check(config, body)
    found = definitions.of(request)
    for definition in found:
        _objective(definition)
    _limits(config)
    _strategy(request, config, found)


def _placed(request: Document, config: Document) -> None:
    """One definition has its ranges and objective with the job, several have them with themselves."""
    both = [member for member in ("ParameterRanges", "HyperParameterTuningJobObjective") if member in config]
    if "TrainingJobDefinitions" in request and both:
        raise errors.validation(
            f"With TrainingJobDefinitions, {' and '.join(both)} cannot stand in HyperParameterTuningJobConfig; each "
            "definition has its own HyperParameterRanges and TuningObjective."
        )
    if "TrainingJobDefinition" not in request:
        return
    own = [
        member for member in ("HyperParameterRanges", "TuningObjective") if member in request["TrainingJobDefinition"]
    ]
    if own:
        raise errors.validation(
            f"With one TrainingJobDefinition, {' and '.join(own)} cannot stand in it; give ParameterRanges and "
            "HyperParameterTuningJobObjective in HyperParameterTuningJobConfig."
        )


def _several(request: Document, config: Document) -> None:
    if "TrainingJobDefinitions" not in request:
        return
    names = [body.get("DefinitionName") for body in request["TrainingJobDefinitions"]]
    if None in names or len(set(names)) < len(names):
        raise errors.validation(
            f"Each of TrainingJobDefinitions needs a DefinitionName of its own; given were {names}."
        )
    if len(names) == 1:
        return
    if "WarmStartConfig" in request or config.get("TrainingJobEarlyStoppingType") == "Auto":
        raise errors.validation(
            "Warm start and early stopping are available only when tuning a single algorithm; "
            f"{len(names)} training job definitions were given."
        )


def _training(aws: Aws, body: Document) -> None:
    """What would be refused in each of the training jobs."""
    if ("ResourceConfig" in body) == ("HyperParameterTuningResourceConfig" in body):
        raise errors.validation("Give either ResourceConfig or HyperParameterTuningResourceConfig, and not both.")
    check_rules(TUNING_RULES, body)
    # A tuning job's own resources may leave the volume's size to AWS.
    default = {} if "ResourceConfig" in body else {"VolumeSizeInGB": 1}
    for resources in launch.kinds(body):
        job = {**body, "ResourceConfig": default | resources}
        SAGEMAKER.operations["CreateTrainingJob"].check(job)
        closed.check_job(aws, TRAINING.noun, job)


def _objective(definition: Definition) -> None:
    if not definition.metric:
        raise errors.validation(
            "An objective metric is required: give HyperParameterTuningJobObjective, or a TuningObjective with each of "
            "TrainingJobDefinitions."
        )
    image = definition.body["AlgorithmSpecification"].get("TrainingImage", "")
    algorithm = find_algorithm(image)
    if algorithm:
        _check_objective(algorithm, definition, image)
        return
    stated = [item["Name"] for item in definition.body["AlgorithmSpecification"].get("MetricDefinitions", [])]
    if definition.metric not in stated:
        raise errors.validation(
            f"A metric is required for this hyperparameter tuning job objective. Provide a metric definition for "
            f"{definition.metric!r}; given are {stated}."
        )


def _check_objective(algorithm: Algorithm, definition: Definition, image: str) -> None:
    """A search knows an image by its repository: what its algorithm has counts for scripts in it as well.

    https://github.com/aws/sagemaker-xgboost-container/issues/121, https://github.com/aws/sagemaker-python-sdk/issues/2226
    """
    if definition.body["AlgorithmSpecification"].get("MetricDefinitions"):
        raise errors.validation(limits.OWN_METRICS)
    if definition.metric not in algorithm.objectives:
        raise errors.validation(
            f"The objective metric for the hyperparameter tuning job, [{definition.metric}], isn't valid for the "
            f"[{image}] algorithm. Choose a valid objective metric type: [{', '.join(algorithm.objectives)}]."
        )
    given, wanted = "Maximize" if definition.maximize else "Minimize", algorithm.objectives[definition.metric]
    if given != wanted:
        raise errors.validation(
            f"The objective metric type, [{given}], that you specified for objective metric, [{definition.metric}], "
            f"isn't valid for the [{image}] algorithm. Choose [{wanted}]."
        )


def _limits(config: Document) -> None:
    asked = config["ResourceLimits"]
    total, parallel = asked.get("MaxNumberOfTrainingJobs", 1), asked["MaxParallelTrainingJobs"]
    # Of random search, AWS lets more be asked for.
    most = 10_000 if config["Strategy"] == "Random" else endings.MOST_JOBS
    for name, given, limit in (
        ("total number of training jobs per hyperparameter tuning job", total, most),
        ("number of parallel training jobs per hyperparameter tuning job", parallel, _MOST_PARALLEL),
    ):
        if given > limit:
            raise errors.AwsError(
                "ResourceLimitExceeded",
                f"The account-level service limit '{name}' is {limit}, with a request delta of {given}.",
            )
    if "MaxNumberOfTrainingJobs" in asked and parallel > total:
        raise errors.validation(
            f"MaxParallelTrainingJobs is {parallel}; it cannot be more than MaxNumberOfTrainingJobs, {total}."
        )


def _strategy(request: Document, config: Document, found: list[Definition]) -> None:
    strategy = config["Strategy"]
    if "StrategyConfig" in config and strategy != "Hyperband":
        raise errors.validation(f"StrategyConfig is for the Hyperband strategy; the strategy is {strategy}.")
    if strategy == "Grid":
        _grid(config, found)
    if strategy == "Hyperband":
        _hyperband(request, config)


def _grid(config: Document, found: list[Definition]) -> None:
    numbers = [item.name for definition in found for item in definition.ranges if item.kind != "Categorical"]
    if numbers:
        raise errors.validation(
            f"Only categorical parameters are supported with the Grid strategy; {', '.join(numbers)} are numbers."
        )
    combinations = sum(definition.combinations for definition in found)
    given = config["ResourceLimits"].get("MaxNumberOfTrainingJobs", combinations)
    if given != combinations:
        raise errors.validation(
            f"MaxNumberOfTrainingJobs is {given} and the grid has {combinations} combinations; with the Grid strategy "
            "both are the same, or MaxNumberOfTrainingJobs is left out."
        )
    if combinations > endings.MOST_JOBS:
        raise errors.AwsError(
            "ResourceLimitExceeded", f"The grid has {combinations} combinations; {endings.MOST_JOBS} are allowed."
        )


def _hyperband(request: Document, config: Document) -> None:
    if config.get("TrainingJobEarlyStoppingType") == "Auto":
        raise errors.validation("TrainingJobEarlyStoppingType must be Off with the Hyperband strategy.")
    fewest, most = definitions.resources(request)
    if not most:
        raise errors.validation(
            "MaxResource cannot be inferred: give HyperbandStrategyConfig.MaxResource, or epochs in "
            "StaticHyperParameters."
        )
    if not fewest <= most <= _MOST_EPOCHS:
        raise errors.validation(
            f"MinResource is {fewest} and MaxResource {most}; MaxResource must be at least MinResource and at most "
            f"{_MOST_EPOCHS}."
        )

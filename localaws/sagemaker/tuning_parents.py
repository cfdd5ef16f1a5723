"""What AWS refuses in a warm start.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
"""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws
from localaws.shapes import Document
from localaws.tuning import definitions, endings, records
from localaws.tuning.definitions import Definition

_LEARNING = ("Bayesian", "Random")


def check(aws: Aws, request: Document) -> None:
    """Refuse parents that the new job cannot learn from."""
    named = records.parents(request)
    if not named:
        return
    config = request["HyperParameterTuningJobConfig"]
    if config["Strategy"] not in _LEARNING:
        raise errors.validation(f"A warm start needs the strategy Bayesian or Random; given is {config['Strategy']}.")
    (definition,) = definitions.of(request)
    launched = 0
    for item in named:
        parent = _find(aws, item.get("HyperParameterTuningJobName", ""))
        _compare(request, definition, parent)
        launched += sum(records.described(aws, parent)["TrainingJobStatusCounters"].values())
    total = launched + endings.most(request)
    if total > endings.MOST_JOBS:
        raise errors.AwsError(
            "ResourceLimitExceeded",
            f"With those of its parents the tuning job has {total} training jobs; {endings.MOST_JOBS} are allowed.",
        )


def _find(aws: Aws, name: str) -> Document:
    parent = records.load(aws, name)
    if parent is None:
        raise errors.not_found(f"The parent hyperparameter tuning job {name!r} does not exist.")
    status = parent["HyperParameterTuningJobStatus"]
    if status not in records.ENDED:
        raise errors.validation(f"The parent {name} is {status}; it must be Completed, Stopped or Failed.")
    return parent


def _compare(request: Document, mine: Definition, parent: Document) -> None:
    name = parent["HyperParameterTuningJobName"]
    found = definitions.of(parent)
    if len(found) > 1:
        raise errors.validation(f"The parent {name} tunes several algorithms; a warm start needs a single one.")
    theirs = found[0]
    if (theirs.metric, theirs.maximize) != (mine.metric, mine.maximize):
        raise errors.validation(f"The parent {name} has the objective {theirs.metric}; it must be the same as here.")
    if _named(theirs) != _named(mine):
        different = ", ".join(sorted(_named(theirs) ^ _named(mine)))
        raise errors.validation(
            f"The parent {name} has other hyperparameters ({different}); static and searched ones together must be "
            "the same."
        )
    if request["WarmStartConfig"]["WarmStartType"] == "IdenticalDataAndAlgorithm":
        _identical(name, mine.body, theirs.body)


def _named(definition: Definition) -> set[str]:
    return {*definition.static, *(item.name for item in definition.ranges)}


def _identical(name: str, mine: Document, theirs: Document) -> None:
    for member in ("InputDataConfig", "AlgorithmSpecification"):
        if mine.get(member) != theirs.get(member):
            raise errors.validation(
                f"The parent {name} has another {member}; IdenticalDataAndAlgorithm needs the same, TransferLearning "
                "does not."
            )

"""The training job of one trial: its definition's request, with the values that the search chose."""

from __future__ import annotations

import secrets

from localaws.shapes import Document
from localaws.tuning.definitions import Definition, Proposal
from localaws.tuning.trials import MEMBER, Trial

OBJECTIVE = "_tuning_objective_metric"
_TAKEN_OVER = (
    "AlgorithmSpecification",
    "CheckpointConfig",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "EnableNetworkIsolation",
    "Environment",
    "InputDataConfig",
    "OutputDataConfig",
    "RetryStrategy",
    "RoleArn",
    "StoppingCondition",
    "VpcConfig",
)


def request(job: Document, proposal: Proposal, number: int, launched: int) -> Document:
    """The training job of a proposal, the `number`th of the search and the `launched`th of the tuning job."""
    definition = proposal.definition
    return {
        "TrainingJobName": f"{job['HyperParameterTuningJobName']}-{launched + 1:03}-{secrets.token_hex(4)}",
        **{member: definition.body[member] for member in _TAKEN_OVER if member in definition.body},
        "ResourceConfig": resources(definition.body),
        "HyperParameters": {**definition.static, **proposal.tuned, OBJECTIVE: definition.metric},
        "TuningJobArn": job["HyperParameterTuningJobArn"],
        MEMBER: {
            "Number": number,
            "Definition": definition.name,
            "Metric": definition.metric,
            "Maximize": definition.maximize,
            "Tuned": proposal.tuned,
            "Notes": proposal.notes,
        },
    }


def resources(body: Document) -> Document:
    """A definition's instances as a training job has them; of several kinds that would do, the one named first."""
    return kinds(body)[0]


def kinds(body: Document) -> list[Document]:
    """A definition's instances as training jobs have them: one, or each of the kinds that would do."""
    given: Document = body.get("HyperParameterTuningResourceConfig") or body.get("ResourceConfig") or {}
    common = {name: value for name, value in given.items() if name not in ("InstanceConfigs", "AllocationStrategy")}
    return [{**common, **kind} for kind in given.get("InstanceConfigs") or [{}]]


def again(job: Document, definition: Definition, trial: Trial, launched: int) -> Document:
    """The training job that tries once more what the service failed at."""
    return request(job, Proposal(definition, trial.tuned, trial.notes), trial.number, launched)

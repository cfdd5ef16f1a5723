"""Where a training job runs a script, and the program that does: the launcher, with AWS's toolkit in its reach."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from localaws.failures import ClientFailure
from localaws.images.builtin import find_algorithm, repository
from localaws.images.environments.environment import PRODUCT, Environment
from localaws.images.program import Program
from localaws.images.programs import find_program
from localaws.jobs.script_mode.toolkit import fetch_toolkit, find_toolkit
from localaws.shapes import Document

LAUNCHER = Path(__file__).with_name("launcher.py")
_MODULE = "SAGEMAKER_TRAINING_MODULE"
# What the images set, https://github.com/aws/deep-learning-containers and the containers' own repositories.
_MODULES = {
    "pytorch": "sagemaker_pytorch_container.training:main",
    "tensorflow": "sagemaker_tensorflow_container.training:main",
    "scikit-learn": "sagemaker_sklearn_container.training:main",
    "xgboost": "sagemaker_xgboost_container.training:main",
}
_OTHERS = "sagemaker_training_container.training:main"
# What scikit-learn's and XGBoost's images set as well.
_VARIABLES = {
    "SM_INPUT": "/opt/ml/input",
    "SM_INPUT_TRAINING_CONFIG_FILE": "/opt/ml/input/config/hyperparameters.json",
    "SM_INPUT_DATA_CONFIG_FILE": "/opt/ml/input/config/inputdataconfig.json",
    "SM_CHECKPOINT_CONFIG_FILE": "/opt/ml/input/config/checkpointconfig.json",
}
_NEEDED = "boto3"  # by the toolkit; every image of AWS's has it
_FETCHED = "AWS's sagemaker-training toolkit, which runs scripts, was fetched; that is done once."
# Started by mpirun or by servers beside the script, on hosts that log in to each other.
_DISTRIBUTED = (
    "sagemaker_distributed_dataparallel_enabled",
    "sagemaker_mpi_enabled",
    "sagemaker_multi_worker_mirrored_strategy_enabled",
    "sagemaker_parameter_server_enabled",
    "sagemaker_pytorch_ddp_enabled",
    "sagemaker_pytorch_xla_multi_worker_enabled",
)


def is_script(document: Document) -> bool:
    """Whether a training job's image would run a script: one is named, and nothing else to start."""
    specification = document["AlgorithmSpecification"]
    algorithm = find_algorithm(specification.get("TrainingImage", ""))
    if (algorithm and not algorithm.runs_scripts) or specification.get("ContainerEntrypoint"):
        return False
    given = document.get("Environment", {})
    return names_script(document.get("HyperParameters", {})) or "SAGEMAKER_PROGRAM" in given


def names_script(hyperparameters: Mapping[str, str]) -> bool:
    """Whether hyperparameters name a script, as the SDK's estimators of frameworks write them."""
    return "sagemaker_program" in hyperparameters


def find_source(document: Document) -> str | None:
    """The S3 address of a script's source, which the SDK uploads as a .tar.gz."""
    written = document.get("HyperParameters", {}).get("sagemaker_submit_directory", "")
    # The SDK writes each hyperparameter as JSON.
    address = written.strip('"') or document.get("Environment", {}).get("SAGEMAKER_SUBMIT_DIRECTORY", "")
    return address if address.startswith("s3://") and address.endswith(".tar.gz") else None


def build_program(home: Path, document: Document) -> Program:
    """The program of a training job's script; raises ClientFailure for what it asks for and cannot have here."""
    _check_distribution(document.get("HyperParameters", {}))
    image = document["AlgorithmSpecification"].get("TrainingImage", "")
    module = next((name for word, name in _MODULES.items() if word in repository(image)), _OTHERS)
    fetched = find_toolkit(home) is None
    toolkit = fetch_toolkit(home)
    program = find_program(home, image, "train", ["python3", str(LAUNCHER), str(toolkit)], None)
    variables = {_MODULE: module, **_VARIABLES, **program.variables}
    return replace(
        program,
        environment=_complete(program.environment or PRODUCT, fetched),
        readable=(*program.readable, toolkit, LAUNCHER.parent),
        variables=variables,
    )


def _complete(environment: Environment, fetched: bool) -> Environment:
    """The environment with what the toolkit needs of it, and a sentence in the job's log where that was fetched."""
    if fetched:
        environment = replace(environment, notes=(*environment.notes, _FETCHED))
    listed = [line for layer in environment.layers for line in layer]
    begins_with_ours = environment.python is None and not environment.bare
    if begins_with_ours or any(line.startswith(_NEEDED) for line in listed):
        return environment
    return environment.with_packages([_NEEDED])


def _check_distribution(hyperparameters: Mapping[str, str]) -> None:
    asked = [name for name in _DISTRIBUTED if _is_true(hyperparameters.get(name, ""))]
    if asked:
        raise ClientFailure(
            f"The script asks for {asked[0]}, which starts it by MPI or beside servers and is not run here; leave the "
            "estimator's `distribution` out, or give it torch_distributed."
        )


def _is_true(value: str) -> bool:
    try:
        return json.loads(value) is True
    except ValueError:
        return False

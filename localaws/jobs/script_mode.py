"""Script mode: how framework images run the training script that the SDK uploaded as sourcedir.tar.gz.

The contract is that of the sagemaker-training toolkit: hyperparameters become arguments, SM_* variables name the
directories.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from typing import Any

from localaws.jobs import opt_ml, staging
from localaws.jobs.failures import ClientFailure
from localaws.jobs.supervise import Instance

_PREFIX = "sagemaker_"
_LARGEST_SOURCE = 512 * 1024 * 1024


def applies(hyperparameters: Mapping[str, str]) -> bool:
    """Whether the hyperparameters name a script to run."""
    return "sagemaker_program" in hyperparameters and "sagemaker_submit_directory" in hyperparameters


def prepare(s3: Any, hyperparameters: Mapping[str, str], member: Instance) -> None:  # noqa: ANN401
    """Bring the uploaded source below /opt/ml/code."""
    code = member.root / "code"
    staging.download(s3, _plain(hyperparameters["sagemaker_submit_directory"]), code, "S3Prefix")
    for archive in code.glob("*.tar.gz"):
        try:
            with tarfile.open(archive) as packed:
                if sum(item.size for item in packed.getmembers()) > _LARGEST_SOURCE:
                    raise ClientFailure(f"{archive.name} unpacks to more than {_LARGEST_SOURCE} bytes.")
                packed.extractall(code, filter="data")
        except (tarfile.TarError, EOFError) as error:
            raise ClientFailure(f"{archive.name} is not a .tar.gz archive that can be unpacked: {error}.") from error
    opt_ml.rewrite_scripts(code, member.root)


def command(hyperparameters: Mapping[str, str]) -> list[str]:
    """The script with the other hyperparameters as its arguments."""
    script = f"{opt_ml.OPT_ML}/code/{_plain(hyperparameters['sagemaker_program'])}"
    arguments = [
        word
        for name, value in sorted(hyperparameters.items())
        if not name.startswith(_PREFIX)
        for word in (f"--{name}", _plain(value))
    ]
    return ["python3", script, *arguments]


def environment(hyperparameters: Mapping[str, str], channels: list[str], hosts: list[str]) -> dict[str, str]:
    """The SM_* variables that scripts read."""
    own = {name: _plain(value) for name, value in hyperparameters.items() if not name.startswith(_PREFIX)}
    data = {f"SM_CHANNEL_{name.upper()}": f"{opt_ml.OPT_ML}/input/data/{name}" for name in channels}
    return {
        "SM_MODEL_DIR": f"{opt_ml.OPT_ML}/model",
        "SM_OUTPUT_DATA_DIR": f"{opt_ml.OPT_ML}/output/data",
        "SM_INPUT_DIR": f"{opt_ml.OPT_ML}/input",
        "SM_CHANNELS": json.dumps(channels),
        "SM_HOSTS": json.dumps(hosts),
        "SM_NUM_GPUS": "0",
        "SM_HPS": json.dumps(own),
        **data,
    }


def _plain(value: str) -> str:
    # The SDK writes each hyperparameter as JSON: a string arrives with its quotes.
    try:
        decoded = json.loads(value)
    except ValueError:
        return value
    return decoded if isinstance(decoded, str) else value

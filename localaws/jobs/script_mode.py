"""Script mode: how framework images run the training script that the SDK uploaded as sourcedir.tar.gz.

The contract is that of the sagemaker-training toolkit: hyperparameters become arguments, SM_* variables name the
directories.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from common.archives import BadArchive, Limits, read_tar, unpack
from localaws.failures import ClientFailure
from localaws.jobs import opt_ml, staging
from localaws.jobs.supervise import Instance
from localaws.ministack.objects import Objects

_PREFIX = "sagemaker_"
_SOURCE_LIMITS = Limits(members=20_000, file_bytes=512 << 20, total_bytes=512 << 20)


def applies(hyperparameters: Mapping[str, str]) -> bool:
    """Whether the hyperparameters name a script to run."""
    return "sagemaker_program" in hyperparameters and "sagemaker_submit_directory" in hyperparameters


def prepare(objects: Objects, hyperparameters: Mapping[str, str], member: Instance) -> None:
    """Bring the uploaded source, one .tar.gz, below /opt/ml/code; the toolkit takes nothing else from S3."""
    address = _plain(hyperparameters["sagemaker_submit_directory"])
    code, archive = member.root / "code", member.root / "sourcedir.tar.gz"
    staging.download_object(objects, address, archive)
    try:
        with archive.open("rb") as packed:
            unpack(read_tar(packed, _SOURCE_LIMITS), code)
    except BadArchive as error:
        raise ClientFailure(f"{address} is not a .tar.gz archive that can be unpacked, as {error}.") from error
    finally:
        archive.unlink()
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

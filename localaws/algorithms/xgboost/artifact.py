"""The artifact: ``xgboost-model``, as the container of a version writes it.

Since 1.3-1 it is XGBoost's own file (UBJSON, which XGBoost reads since 1.6; AWS's 1.3-1 and 1.5-1 wrote an older form
that no XGBoost from 3.1 on knows). Before, it is a pickle of the booster, which people's programs load as such, so one
is written. None is ever unpickled here: the model's bytes are taken out of it.
https://github.com/aws/sagemaker-xgboost-container (algorithm_mode/train.py of each tag, serve_utils.py)
"""

from __future__ import annotations

import pickletools
from pathlib import Path

import xgboost

from localaws.algorithms.errors import ClientError
from localaws.algorithms.xgboost.log import strip_places
from localaws.algorithms.xgboost.rounds import save_model
from localaws.algorithms.xgboost.versions import writes_pickle

NAME = "xgboost-model"
_PICKLE = b"\x80"
_OLD = b"binf"


def write_artifact(model: xgboost.Booster, directory: Path, version: str) -> None:
    """Write the model as the container of a version does."""
    directory.mkdir(parents=True, exist_ok=True)
    if not writes_pickle(version):
        save_model(model, directory / NAME)
        return
    import pickle  # noqa: PLC0415 - written for others, never read

    (directory / NAME).write_bytes(pickle.dumps(model, protocol=4))


def read_artifacts(directory: Path) -> list[xgboost.Booster]:
    """Every model in a directory: of several, the container answers with what they agree on. Raises ClientError."""
    files = [path for path in sorted(directory.iterdir()) if path.is_file() and path.name[0] != "."]
    if not files:
        raise ClientError(f"There is no model in {directory}: the archive holds no {NAME}.")
    return [read_artifact(path) for path in files]


def read_artifact(path: Path) -> xgboost.Booster:
    """One model, from XGBoost's own formats or out of a pickle. Raises ClientError."""
    content = path.read_bytes()
    model = xgboost.Booster({"nthread": 1})
    try:
        if content.startswith(_PICKLE):
            model.__setstate__({"handle": bytearray(find_model(content))})
            model.set_param({"nthread": 1})
        else:
            model.load_model(bytearray(content))
    except (xgboost.core.XGBoostError, ValueError) as error:
        old = ", as an XGBoost before 1.6 wrote it: save it anew as json" if content.startswith(_OLD) else ""
        said = strip_places(error)
        raise ClientError(f"Model {path.name} cannot be loaded{old}:\n{said}") from error
    return model


def find_model(content: bytes) -> bytes:
    """The bytes of the model in a pickle of a booster, which is read word by word and not executed."""
    found = b""
    for _, argument, _ in pickletools.genops(content):
        if isinstance(argument, (bytes, bytearray)) and len(argument) > len(found):
            found = bytes(argument)
    if not found:
        raise ValueError("it is a pickle, and there is no XGBoost model in it")
    return found

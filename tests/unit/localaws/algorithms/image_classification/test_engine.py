"""Which engine trains, and that the rest does without MXNet."""

import subprocess
import sys

import pytest

from localaws.algorithms.image_classification import engine
from localaws.algorithms.image_classification.engine import EngineError, choose_engine, describe_engine

from .conftest import REPOSITORY


@pytest.mark.parametrize(("installed", "chosen"), [("1.9.1", "mxnet"), (None, "portable")])
def test_mxnet_trains_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, installed: str | None, chosen: str
) -> None:
    monkeypatch.delenv("SCONES_ENGINE", raising=False)
    monkeypatch.setattr(engine, "_find_version", lambda _: installed)
    assert choose_engine() == chosen


def test_the_variable_chooses_the_portable_engine_beside_an_installed_mxnet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_find_version", lambda _: "1.9.1")
    monkeypatch.setenv("SCONES_ENGINE", "portable")
    assert choose_engine() == "portable"
    assert describe_engine("portable").startswith("portable (numpy ")


def test_an_unknown_engine_is_refused_with_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_ENGINE", "torch")
    with pytest.raises(EngineError, match="SCONES_ENGINE is 'torch', and there are mxnet and portable: set one"):
        choose_engine()


def test_mxnet_is_refused_where_it_is_missing_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_find_version", lambda _: None)
    monkeypatch.setenv("SCONES_ENGINE", "mxnet")
    with pytest.raises(EngineError, match=r"is not installed here: install mxnet .* or set SCONES_ENGINE to portable"):
        choose_engine()


def test_mxnet_imports_nothing_that_training_has_no_use_for_and_others_still_can() -> None:
    pytest.importorskip("localaws.algorithms.image_classification.mxnet_network")
    program = (
        "import sys\n"
        "from importlib.util import find_spec\n"
        "from localaws.algorithms.image_classification.engine import import_mxnet\n"
        "import_mxnet()\n"
        "assert not {'scipy', 'sklearn', 'pandas'} & set(sys.modules)\n"
        "assert find_spec('sklearn')\n"  # None as long as it is hidden; to import it takes a second
        "import scipy.special\n"
        "import_mxnet()\n"
        "assert sys.modules['scipy']\n"
    )
    environment = {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", program], env=environment, cwd=REPOSITORY, check=True)


def test_nothing_imports_mxnet_where_the_portable_engine_trains() -> None:
    program = (
        "import sys; sys.modules['mxnet'] = None\n"
        "from localaws.algorithms.image_classification import train, new_head, serve\n"
        "from localaws.algorithms.image_classification.hyperparameters import Hyperparameters\n"
        "from localaws.algorithms.image_classification.network import build_network\n"
        "build_network(Hyperparameters(2, 4, num_layers=20, image_shape=(3, 8, 8), mini_batch_size=2), 0)\n"
    )
    environment = {"SCONES_ENGINE": "portable", "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", program], env=environment, cwd=REPOSITORY, check=True)

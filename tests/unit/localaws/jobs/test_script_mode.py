"""Script mode: where it applies, the toolkit in the home, and what a script sees of the launcher's work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from localaws.environment import PACKAGES
from localaws.failures import ClientFailure
from localaws.images.mapping import Mapped, save_mapping
from localaws.jobs.script_mode import launcher, toolkit
from localaws.jobs.script_mode.program import LAUNCHER, build_program, is_script
from tests.environments import OFFLINE

SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
PYTORCH = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3-cpu-py311"
OWN = "000000000000.dkr.ecr.us-east-1.amazonaws.com/own:1"
BUILTIN = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
HYPERPARAMETERS = {
    "sagemaker_program": '"train.py"',
    "sagemaker_submit_directory": '"s3://bucket/code/sourcedir.tar.gz"',
    "sagemaker_region": '"us-east-1"',
    "_tuning_objective_metric": '"validation:accuracy"',
    "epochs": "10",
    "model": '"resnet 20"',
    "layers": "[1, 2]",
    "plain": "not json",
}
TELL = """
import json, os, sys
seen = {"arguments": sys.argv[1:], "folder": os.getcwd(), "path": sys.path, "variables": dict(os.environ)}
open("/opt/ml/model/seen.json", "w").write(json.dumps(seen))
"""


def job(image: str = SKLEARN, **more: Any) -> dict[str, Any]:
    specification = {"TrainingImage": image, **more.pop("Specification", {})}
    return {"AlgorithmSpecification": specification, "HyperParameters": HYPERPARAMETERS, **more}


def test_it_applies_where_a_script_is_named_and_nothing_else_to_start() -> None:
    assert is_script(job())
    assert is_script(job(HyperParameters={}, Environment={"SAGEMAKER_PROGRAM": "train.py"}))
    assert not is_script(job(HyperParameters={"epochs": "10"}))
    assert not is_script(job(Specification={"ContainerEntrypoint": ["bash", "run.sh"]}))
    assert not is_script(job(BUILTIN))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the toolkit, fetched from the folder that make fills."""
    made = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in OFFLINE.items():
            patch.setenv(name, value)
        toolkit.fetch_toolkit(made)
    return made


def test_the_toolkit_is_fetched_once_and_has_no_more_than_a_script_needs(home: Path) -> None:
    folder = toolkit.fetch_toolkit(home)  # by now pip is not set to the folder any more
    assert {path.name for path in folder.iterdir()} == {
        *("inotify_simple", "sagemaker_training"),
        *("retrying.py", "six.py"),
    }
    assert not list(folder.rglob("*.so"))
    assert [path.name for path in (home / "toolkit").iterdir()] == [folder.name]


def test_a_job_s_log_says_that_the_toolkit_was_fetched_for_it(home: Path, tmp_path: Path) -> None:
    def notes(place: Path) -> tuple[str, ...]:
        environment = build_program(place, job(OWN)).environment
        assert environment is not None
        return environment.notes

    shutil.copytree(home, tmp_path / "home")
    assert notes(tmp_path / "home") == ()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(toolkit, "_fetch", lambda folder: folder.mkdir(parents=True))
        assert notes(tmp_path / "new") == (
            "AWS's sagemaker-training toolkit, which runs scripts, was fetched; that is done once.",
        )


def test_an_image_s_own_packages_have_boto3_for_the_toolkit(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "home")
    bare = {"mine": Mapped(packages=("numpy==1.26.4",)), "with-boto3": Mapped(packages=("boto3==1.43.0",))}
    save_mapping(tmp_path / "home", bare)
    found = {name: build_program(tmp_path / "home", job(name)).environment for name in bare}
    assert [environment.layers for environment in found.values() if environment] == [
        (("numpy==1.26.4",), ("boto3",)),
        (("boto3==1.43.0",),),
    ]


def test_a_toolkit_that_cannot_be_fetched_is_the_job_s_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ClientFailure, match=r"sagemaker-training toolkit, which runs scripts, cannot be downloaded: "):
        toolkit.fetch_toolkit(tmp_path / "home")


def test_the_program_may_read_the_toolkit_and_names_the_image_s_launcher(home: Path) -> None:
    program = build_program(home, job(PYTORCH))
    folder = toolkit.fetch_toolkit(home)
    assert program.argv == ("python3", str(LAUNCHER), str(folder))
    assert program.variables["SAGEMAKER_TRAINING_MODULE"] == "sagemaker_pytorch_container.training:main"
    assert {folder, LAUNCHER.parent} <= set(program.readable)


def test_a_distribution_that_needs_mpi_is_refused(home: Path) -> None:
    asked = job(HyperParameters={**HYPERPARAMETERS, "sagemaker_mpi_enabled": "true"})
    with pytest.raises(ClientFailure, match="The script asks for sagemaker_mpi_enabled, which starts it by MPI"):
        build_program(home, asked)
    build_program(home, job(HyperParameters={**HYPERPARAMETERS, "sagemaker_mpi_enabled": "false"}))


Launch = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def launch(home: Path, tmp_path: Path) -> Launch:
    """Run a source folder as a job's script, in a directory that stands for /opt/ml."""

    def run(
        files: Mapping[str, str], given: Mapping[str, str] = HYPERPARAMETERS, image: str = SKLEARN
    ) -> subprocess.CompletedProcess[str]:
        for folder in ("input/config", "input/data/train", "model", "output/data", "source"):
            (tmp_path / folder).mkdir(parents=True)
        packed = tmp_path / "sourcedir.tar.gz"
        with tarfile.open(packed, "w:gz") as archive:
            for name, content in files.items():
                (tmp_path / "source" / name).write_text(content, encoding="utf-8")
                archive.add(tmp_path / "source" / name, name)
        hosts = ["algo-1", "algo-2"]
        config = {
            "hyperparameters": {**given, "sagemaker_submit_directory": str(packed)},
            "inputdataconfig": {"train": {"TrainingInputMode": "File"}},
            "resourceconfig": {"current_host": "algo-1", "hosts": hosts, "network_interface_name": "lo"},
        }
        for name, content in config.items():
            (tmp_path / f"input/config/{name}.json").write_text(json.dumps(content), encoding="utf-8")
        program = build_program(home, job(image))
        return subprocess.run(
            [sys.executable, *program.argv[1:]],
            env={
                **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
                **program.variables,
                "OPT_ML": str(tmp_path),
                "PYTHONPATH": PACKAGES,
                "PYTHONUNBUFFERED": "1",
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_a_script_sees_its_arguments_its_variables_and_its_folder(launch: Launch, home: Path, tmp_path: Path) -> None:
    done = launch({"train.py": TELL}, image=PYTORCH)
    assert done.returncode == 0, done.stderr
    seen = json.loads((tmp_path / "model/seen.json").read_text(encoding="utf-8"))
    assert seen["arguments"] == [
        *("--epochs", "10", "--layers", "[1, 2]", "--model", "resnet 20", "--plain", "not json"),
    ]
    assert seen["folder"] == str(tmp_path / "code")
    variables = seen["variables"]
    assert variables["SM_CHANNEL_TRAIN"] == str(tmp_path / "input/data/train")
    assert variables["SM_MODEL_DIR"] == str(tmp_path / "model")
    assert json.loads(variables["SM_HOSTS"]) == ["algo-1", "algo-2"]
    assert json.loads(variables["SM_HPS"]) == {
        **{"epochs": 10, "layers": [1, 2], "model": "resnet 20", "plain": "not json"}
    }
    assert variables["SM_FRAMEWORK_MODULE"] == "sagemaker_pytorch_container.training:main"
    assert (variables["MASTER_ADDR"], variables["MASTER_PORT"]) == ("127.0.0.1", "7777")
    assert not any("tuning_objective" in name.lower() for name in variables)
    packages = next(place for place in seen["path"] if place.endswith("site-packages"))
    assert seen["path"].index(packages) < seen["path"].index(str(toolkit.fetch_toolkit(home)))
    assert (tmp_path / "output/success").exists()


@pytest.mark.parametrize(
    ("place", "given", "expected"),
    [
        ("s3://bucket/models", {"_tuning_objective_metric": "loss"}, "s3://bucket/models/job-1/model"),
        ("s3://bucket/models", {}, "s3://bucket/models"),
        ("/opt/ml/model", {"_tuning_objective_metric": "loss"}, "/opt/ml/model"),
    ],
)
def test_each_trial_of_tensorflow_has_a_model_directory_of_its_own(
    place: str, given: dict[str, str], expected: str
) -> None:
    arguments = {"model_dir": place}
    launcher.set_model_directory(arguments, given, "job-1")
    assert arguments == {"model_dir": expected}


def test_a_shell_script_runs_with_the_same_arguments(launch: Launch, tmp_path: Path) -> None:
    given = {"sagemaker_program": '"run.sh"', "epochs": "3"}
    done = launch(
        {"run.sh": 'echo "$PWD $SM_CURRENT_HOST $@" > /opt/ml/model/said', "requirements.txt": "no-such"}, given
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "model/said").read_text() == f"{tmp_path / 'code'} algo-1 --epochs 3\n"


def test_an_error_of_a_script_is_written_as_aws_s_images_write_it(launch: Launch, tmp_path: Path) -> None:
    done = launch({"train.py": "rate = 3\nraise ValueError('bad rate')"})
    assert done.returncode == 1
    failure = (tmp_path / "output/failure").read_text()
    assert failure.startswith('ExecuteUserScriptError:\nExitCode 1\nErrorMessage "')
    assert '\n ValueError: bad rate"\nCommand "' in failure
    assert failure.endswith(' -- train.py --epochs 10 --layers [1, 2] --model resnet 20 --plain not json"')
    assert "ValueError: bad rate\n" in done.stdout


def test_a_script_that_names_no_error_is_quoted_by_its_last_lines(launch: Launch, tmp_path: Path) -> None:
    done = launch({"train.py": "print('there are no rows')\nraise SystemExit(3)"})
    assert done.returncode != 0
    assert 'ExitCode 3\nErrorMessage "there are no rows"\n' in (tmp_path / "output/failure").read_text()

"""Script mode: the arguments and variables that the training toolkit gives."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from localaws.failures import ClientFailure
from localaws.jobs import script_mode
from localaws.jobs.supervise import Instance

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import FakeClients

HYPERPARAMETERS = {
    "sagemaker_program": '"train.py"',
    "sagemaker_submit_directory": '"s3://bucket/code/sourcedir.tar.gz"',
    "sagemaker_region": '"us-east-1"',
    "epochs": "10",
    "model": '"resnet 20"',
    "layers": "[1, 2]",
    "plain": "not json",
}


def test_it_applies_where_a_script_and_its_source_are_named() -> None:
    assert script_mode.applies(HYPERPARAMETERS)
    assert not script_mode.applies({"sagemaker_program": "train.py"})
    assert not script_mode.applies({"epochs": "10"})


def test_hyperparameters_become_arguments_without_the_sdk_s_own() -> None:
    assert script_mode.command(HYPERPARAMETERS) == [
        *("python3", "/opt/ml/code/train.py"),
        *("--epochs", "10", "--layers", "[1, 2]", "--model", "resnet 20", "--plain", "not json"),
    ]


def test_variables_name_directories_channels_and_hosts() -> None:
    variables = script_mode.environment(HYPERPARAMETERS, ["train", "test"], ["algo-1", "algo-2"])
    assert variables["SM_CHANNEL_TRAIN"] == "/opt/ml/input/data/train"
    assert variables["SM_CHANNEL_TEST"] == "/opt/ml/input/data/test"
    assert variables["SM_MODEL_DIR"] == "/opt/ml/model"
    assert json.loads(variables["SM_HOSTS"]) == ["algo-1", "algo-2"]
    assert json.loads(variables["SM_HPS"]) == {
        "epochs": "10",
        "model": "resnet 20",
        "layers": "[1, 2]",
        "plain": "not json",
    }


def packed(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def member(tmp_path: Path) -> Instance:
    return Instance("algo-1", tmp_path / "algo-1")


def prepare(clients: FakeClients, member: Instance, archive: bytes) -> None:
    clients.s3.put_object(Bucket="bucket", Key="code/sourcedir.tar.gz", Body=archive)
    script_mode.prepare(clients.objects, HYPERPARAMETERS, member)


def test_the_source_is_unpacked_and_names_the_job_s_own_directory(clients: FakeClients, member: Instance) -> None:
    prepare(clients, member, packed("train.py", b"print('/opt/ml/model')"))
    assert (member.root / "code/train.py").read_text() == f"print('{member.root}/model')"


def test_a_source_that_leads_out_of_its_directory_is_refused(clients: FakeClients, member: Instance) -> None:
    with pytest.raises(ClientFailure, match=r"'\.\./\.\./outside\.py', which leads outside of it"):
        prepare(clients, member, packed("../../outside.py", b"x"))
    assert not (member.root.parent / "outside.py").exists()


def test_a_source_that_is_too_large_is_refused(
    clients: FakeClients, member: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script_mode, "_SOURCE_LIMITS", replace(script_mode._SOURCE_LIMITS, file_bytes=3))
    with pytest.raises(ClientFailure, match=r"'train.py' of 4 bytes, where 3 are allowed"):
        prepare(clients, member, packed("train.py", b"long"))


@pytest.mark.parametrize("broken", [b"text", packed("train.py", bytes(9_999))[:40]], ids=["no archive", "cut short"])
def test_a_source_that_is_no_archive_is_refused(clients: FakeClients, member: Instance, broken: bytes) -> None:
    with pytest.raises(ClientFailure, match=r"sourcedir.tar.gz is not a .tar.gz archive that can be unpacked"):
        prepare(clients, member, broken)

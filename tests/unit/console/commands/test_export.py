"""`scones export` writes a registered version as ONNX."""

from __future__ import annotations

import hashlib
import io
import tarfile
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import onnxruntime
import pytest
from moto import mock_aws

from common.live_model import DIGEST
from console.__main__ import main
from console.commands import export
from tests.artifacts import write_artifact

ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/scones-vehicles/3"
KEY = "runs/1/model/output/model.tar.gz"


class Registry:
    """A target with one version, whose artifact lies in an S3 of moto's."""

    def __init__(self, s3: Any, folder: Path) -> None:
        self.s3, self.folder = s3, folder
        self.metadata: dict[str, str] = {}
        self.project = Namespace(model_package_group="scones-vehicles", bucket="bucket")

    def put(self, **artifact: Any) -> bytes:
        """Make an artifact the version's."""
        write_artifact(self.folder, **artifact)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for path in self.folder.iterdir():
                archive.add(path, path.name)
        self.s3.put_object(Bucket="bucket", Key=KEY, Body=packed.getvalue())
        self.metadata[DIGEST] = hashlib.sha256(packed.getvalue()).hexdigest()
        return packed.getvalue()

    def client(self, service: str) -> Any:
        return self.s3 if service == "s3" else self

    def describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:
        assert ModelPackageName == ARN
        return {
            "ModelPackageVersion": 3,
            "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
            "InferenceSpecification": {"Containers": [{"ModelDataUrl": f"s3://bucket/{KEY}"}]},
            "CustomerMetadataProperties": self.metadata,
        }


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="bucket")
        made = Registry(s3, tmp_path / "artifact")
        monkeypatch.setattr(export, "choose", lambda _: made)
        monkeypatch.setattr("console.registry.get_summary", lambda *_: {"ModelPackageArn": ARN})
        yield made


def test_a_version_is_a_file_that_answers_and_says_what_it_is(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.put(shape=(3, 8, 8))
    assert main(["export", "3", "--onnx"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Wrote version 3 to scones-vehicles-v3.onnx (")
    assert "input data, float32 (batch, 3, 8, 8) of RGB from 0 to 255; output softmax, float32 (batch, 2)" in said
    session = onnxruntime.InferenceSession("scones-vehicles-v3.onnx", providers=["CPUExecutionProvider"])
    dark, bright = (np.full((1, 3, 8, 8), grey, np.float32) for grey in (10, 250))
    assert session.run(None, {"data": dark})[0].argmax() == 0
    assert session.run(None, {"data": bright})[0].argmax() == 1
    notes = session.get_modelmeta().custom_metadata_map
    assert (notes["labels"], notes["model_package"]) == ("bicycle,motorcycle", ARN)
    assert notes["artifact_sha256"] == registry.metadata[DIGEST]


def test_a_file_that_is_there_stays(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    registry.put()
    Path("mine.onnx").write_text("mine")
    assert main(["export", "3", "--onnx", "mine.onnx"]) == 1
    assert "mine.onnx is there already; remove it" in capsys.readouterr().err
    assert Path("mine.onnx").read_text() == "mine"


def test_a_disk_that_is_full_leaves_no_file_that_the_next_export_would_keep(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.put()

    def write_half(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patching, pytest.raises(OSError, match="No space"):
        patching.setattr(Path, "write_bytes", write_half)
        main(["export", "3", "--onnx"])
    assert main(["export", "3", "--onnx"]) == 0
    assert onnxruntime.InferenceSession("scones-vehicles-v3.onnx", providers=["CPUExecutionProvider"])


def test_what_is_not_as_it_was_evaluated_is_not_exported(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.put()
    registry.metadata[DIGEST] = "0" * 64
    assert main(["export", "3", "--onnx"]) == 1
    assert "is not what was evaluated" in capsys.readouterr().err
    assert not Path("scones-vehicles-v3.onnx").exists()


def test_an_artifact_that_is_none_is_refused(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    registry.put(classes=5)
    assert main(["export", "3", "--onnx"]) == 1
    assert "Version 3 answers 5 classes" in capsys.readouterr().err
    registry.s3.put_object(Bucket="bucket", Key=KEY, Body=b"none")
    registry.metadata.clear()
    assert main(["export", "3", "--onnx"]) == 1
    assert "cannot be exported: it is" in capsys.readouterr().err

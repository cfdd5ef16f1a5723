"""Models whose code is the user's, in images of frameworks: at an endpoint, in a pipeline of containers, in a job."""

from __future__ import annotations

import io
import json
import sys
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import xgboost
from botocore.exceptions import WaiterError

from tests.e2e.laptop import Laptop

BUCKET = "servers"
SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
SCALER = """
import json, os
import numpy as np

def model_fn(model_dir):
    assert model_dir == "/opt/ml/model" or "OPT_ML" in os.environ
    return json.load(open(os.path.join(model_dir, "scale.json")))

def predict_fn(data, model):
    return np.atleast_2d(data) * model["scale"]
"""
BOOSTER = """
import os
import xgboost

def model_fn(model_dir):
    model = xgboost.Booster()
    model.load_model(os.path.join(model_dir, "own.json"))
    return model

def predict_fn(data, model):
    return [round(float(value)) for value in model.predict(data)]
"""


def archive(**files: bytes) -> bytes:
    """A .tar.gz of files; two underscores in a name are a slash, one is a dot."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for name, content in files.items():
            info = tarfile.TarInfo(name.replace("__", "/").replace("_", "."))
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def role(laptop: Laptop) -> Iterator[str]:
    """A role for models, with what they are made of in S3."""
    rows = np.random.default_rng(5).normal(size=(200, 2))
    model = xgboost.train({"max_depth": 3}, xgboost.DMatrix(rows, label=rows[:, 0] * 10), 30)
    objects = {
        "scaler.tar.gz": archive(
            scale_json=b'{"scale": 2}', code__serve_py=SCALER.encode(), code__requirements_txt=b"numpy\n"
        ),
        "booster.tar.gz": archive(**{"xgboost-model": bytes(model.save_raw("ubj"))}),
        "own.tar.gz": archive(own_json=bytes(model.save_raw("json"))),
        "code.tar.gz": archive(serve_py=BOOSTER.encode()),
        "bare.tar.gz": archive(scale_json=b"{}"),
        "in/rows.csv": b"0.5,0\n-0.5,0\n1.0,0\n",
    }
    s3 = laptop.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for name, body in objects.items():
        s3.put_object(Bucket=BUCKET, Key=name, Body=body)
    images = laptop.home / "images.json"
    before = images.read_text() if images.exists() else "{}"
    # The tests have no network: the product's own packages stand for those of the image.
    images.write_text(json.dumps({**json.loads(before), "sagemaker-scikit-learn": {"python": sys.executable}}))
    yield laptop.role("servers", "sagemaker")
    images.write_text(before)


def container(image: str, name: str, **environment: str) -> dict[str, Any]:
    return {"Image": image, "ModelDataUrl": f"s3://{BUCKET}/{name}.tar.gz", "Environment": environment}


def deploy(laptop: Laptop, name: str, role: str, **model: Any) -> dict[str, Any]:
    """Make a model and an endpoint of it; answers the endpoint's description."""
    sagemaker = laptop.client("sagemaker")
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, **model)
    variant = {"VariantName": "v", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    waiter = sagemaker.get_waiter("endpoint_in_service")
    with suppress(WaiterError):
        waiter.wait(EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    described: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=name)
    return described


def ask(laptop: Laptop, name: str, body: str, **members: str) -> str:
    runtime = laptop.client("sagemaker-runtime")
    answer: str = runtime.invoke_endpoint(EndpointName=name, Body=body, **members)["Body"].read().decode()
    return answer


SCALING = container(SKLEARN, "scaler", SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT="text/csv")


def test_a_table_goes_through_a_user_s_functions_and_the_built_in_algorithm(laptop: Laptop, role: str) -> None:
    described = deploy(laptop, "two", role, Containers=[SCALING, container(XGBOOST, "booster")])
    assert described["EndpointStatus"] == "InService", described.get("FailureReason")
    answer = json.loads(ask(laptop, "two", "0.5,0\n-0.5,0\n", ContentType="text/csv", Accept="application/json"))
    high, low = (item["score"] for item in answer["predictions"])
    assert high == pytest.approx(10, abs=2)
    assert low == pytest.approx(-10, abs=2)
    laptop.client("sagemaker").delete_endpoint(EndpointName="two")


def test_a_transform_job_asks_both_line_by_line(laptop: Laptop, role: str) -> None:
    sagemaker = laptop.client("sagemaker")
    sagemaker.create_model(
        ModelName="lines", ExecutionRoleArn=role, Containers=[SCALING, container(XGBOOST, "booster")]
    )
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/in/"}}
    sagemaker.create_transform_job(
        TransformJobName="lines",
        ModelName="lines",
        BatchStrategy="SingleRecord",
        TransformInput={"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"},
        TransformOutput={"S3OutputPath": f"s3://{BUCKET}/out", "AssembleWith": "Line", "Accept": "text/csv"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    waiter = sagemaker.get_waiter("transform_job_completed_or_stopped")
    waiter.wait(TransformJobName="lines", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    body = laptop.client("s3").get_object(Bucket=BUCKET, Key="out/rows.csv.out")["Body"].read().decode()
    first, second, third = map(float, body.splitlines())
    assert second < 0 < first < third


def test_code_comes_from_s3_and_xgboost_s_image_runs_it(laptop: Laptop, role: str) -> None:
    given = container(
        XGBOOST, "own", SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_SUBMIT_DIRECTORY=f"s3://{BUCKET}/code.tar.gz"
    )
    described = deploy(laptop, "own", role, PrimaryContainer=given)
    assert described["EndpointStatus"] == "InService", described.get("FailureReason")
    assert json.loads(ask(laptop, "own", "1,0", ContentType="text/csv")) == [10]
    runtime = laptop.client("sagemaker-runtime")
    with pytest.raises(runtime.exceptions.ModelError, match="Content type image/png is not supported") as refused:
        ask(laptop, "own", "1,0", ContentType="image/png")
    assert refused.value.response["OriginalStatusCode"] == 415
    laptop.client("sagemaker").delete_endpoint(EndpointName="own")


def test_an_image_without_its_script_says_so_in_the_endpoint_s_reason(laptop: Laptop, role: str) -> None:
    described = deploy(laptop, "bare", role, PrimaryContainer=container(SKLEARN, "bare"))
    assert described["EndpointStatus"] == "Failed"
    assert "The primary container for production variant v did not pass the ping" in described["FailureReason"]
    assert "There is no inference.py in" in described["FailureReason"]

"""The built-in XGBoost in pipelines of the SDK: a table is prepared, learned, judged, transformed, and searched on."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import WaiterError

from tests.e2e.laptop import Laptop

PROGRAM = Path(__file__).with_name("xgboost_pipelines.py")
PREPARE = """
import argparse, os, pathlib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

parser = argparse.ArgumentParser()
parser.add_argument("--parts", type=int)
parts = parser.parse_args().parts
base = "/opt/ml/processing"
table = pd.read_csv(f"{base}/input/shells.csv")
rings = table.pop("rings").to_numpy().reshape(-1, 1)
features = ColumnTransformer([("number", StandardScaler(), ["length", "weight"]), ("word", OneHotEncoder(), ["sex"])])
whole = np.concatenate([rings, features.fit_transform(table)], axis=1)
for name, rows in zip(("train", "validation", "test"), np.array_split(whole, parts)):
    pathlib.Path(base, name).mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(f"{base}/{name}/{name}.csv", header=False, index=False)
"""
EVALUATE = """
import json, pathlib, pickle, tarfile
import numpy as np
import pandas as pd
import xgboost
from sklearn.metrics import mean_squared_error

with tarfile.open("/opt/ml/processing/model/model.tar.gz") as archive:
    archive.extractall(path=".")
model = pickle.load(open("xgboost-model", "rb"))
rows = pd.read_csv("/opt/ml/processing/test/test.csv", header=None).to_numpy()
error = mean_squared_error(rows[:, 0], model.predict(xgboost.DMatrix(rows[:, 1:])))
out = pathlib.Path("/opt/ml/processing/evaluation")
out.mkdir(parents=True, exist_ok=True)
(out / "evaluation.json").write_text(json.dumps({"regression_metrics": {"mse": {"value": float(error)}}}))
"""


@pytest.fixture(scope="module")
def ran(laptop: Laptop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What became of the pipelines, on a small table of drawn shells whose weight makes most of their rings."""
    folder = tmp_path_factory.mktemp("shells")
    chance = np.random.default_rng(7)
    weight, length = chance.uniform(0, 2, 300), chance.uniform(0.1, 0.8, 300)
    sex = chance.choice(["M", "F", "I"], 300)
    rings = 5 + 6 * weight + 4 * length - 2 * (sex == "I") + chance.normal(0, 0.3, 300)
    lines = [f"{s},{a:.4f},{b:.4f},{r:.3f}" for s, a, b, r in zip(sex, length, weight, rings, strict=True)]
    (folder / "shells.csv").write_text("sex,length,weight,rings\n" + "\n".join(lines) + "\n")
    (folder / "batch.csv").write_text("-1,-1,0,1,0\n1,1,1,0,0\n0,0,0,0,1\n")
    (folder / "prepare.py").write_text(textwrap.dedent(PREPARE))
    (folder / "evaluate.py").write_text(textwrap.dedent(EVALUATE))
    laptop.role("shells", "sagemaker")
    images = laptop.home / "images.json"
    before = images.read_text() if images.exists() else "{}"
    # The tests have no network: the product's own packages stand for those of the image.
    images.write_text(json.dumps({**json.loads(before), "sagemaker-scikit-learn": {"python": sys.executable}}))
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "shells.csv", "batch.csv"],
        env=laptop.environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    yield said
    images.write_text(before)


def test_a_table_is_prepared_learned_judged_transformed_and_registered(ran: dict[str, Any]) -> None:
    assert ran["met"]["status"] == "Succeeded", ran["met"]
    assert {name: status for name, (status, _) in ran["met"]["steps"].items()} == {
        "Prepare": "Succeeded",
        "Train": "Succeeded",
        "Evaluate": "Succeeded",
        "Check": "Succeeded",
        "CreateModel-CreateModel": "Succeeded",
        "Transform": "Succeeded",
        "Register-RegisterModel": "Succeeded",
    }


def test_a_training_job_states_the_algorithm_s_metrics(laptop: Laptop, ran: dict[str, Any]) -> None:
    job = ran["met"]["metadata"]["Train"]["TrainingJob"]["Arn"].rsplit("/", 1)[1]
    described = laptop.client("sagemaker").describe_training_job(TrainingJobName=job)
    values = {item["MetricName"]: item["Value"] for item in described["FinalMetricDataList"]}
    assert values.keys() == {"train:rmse", "validation:rmse"}
    assert values["train:rmse"] < values["validation:rmse"] < 2
    # Where the SDK's TrainingJobAnalytics looks for the names.
    assert values.keys() < {item["Name"] for item in described["AlgorithmSpecification"]["MetricDefinitions"]}


def test_the_transformed_rows_are_the_model_s_answers(laptop: Laptop, ran: dict[str, Any]) -> None:
    body = laptop.client("s3").get_object(Bucket="shells", Key="transformed/batch.csv.out")["Body"].read()
    light, heavy, middle = map(float, body.decode().split())
    assert light < middle < heavy


def test_an_error_above_the_threshold_ends_in_the_message_of_the_fail_step(ran: dict[str, Any]) -> None:
    assert ran["missed"]["status"] == "Failed"
    assert ran["missed"]["steps"]["Fail"] == ["Failed", "The error is above 0.0"]
    assert "Transform" not in ran["missed"]["steps"]


def test_a_search_needs_no_metric_definitions(laptop: Laptop, ran: dict[str, Any]) -> None:
    assert ran["search"]["status"] == "Succeeded", ran["search"]
    job = ran["search"]["metadata"]["Search"]["TuningJob"]["Arn"].rsplit("/", 1)[1]
    sagemaker = laptop.client("sagemaker")
    described = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job)
    best = described["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]
    assert best["MetricName"] == "validation:rmse"
    trials = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName=job)
    values = [item["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for item in trials["TrainingJobSummaries"]]
    assert len(values) == 2
    assert best["Value"] == min(values)


def test_a_registered_version_answers_at_an_endpoint(laptop: Laptop, ran: dict[str, Any]) -> None:
    sagemaker = laptop.client("sagemaker")
    arn = ran["met"]["metadata"]["Register-RegisterModel"]["RegisterModel"]["Arn"]
    role = "arn:aws:iam::000000000000:role/shells"
    container = {"ModelPackageName": arn}
    sagemaker.create_model(ModelName="shells", ExecutionRoleArn=role, PrimaryContainer=container)
    variant = {"VariantName": "v", "ModelName": "shells", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="shells", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="shells", EndpointConfigName="shells")
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="shells", WaiterConfig={"Delay": 1})
    runtime = laptop.client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName="shells", ContentType="text/csv", Body="-1,-1,0,1,0\n1,1,1,0,0")
    light, heavy = map(float, answer["Body"].read().decode().split(","))
    assert light < heavy
    with pytest.raises(runtime.exceptions.ModelError, match="Loading csv data failed"):
        runtime.invoke_endpoint(EndpointName="shells", ContentType="text/csv", Body="a,b,c,d,e")
    sagemaker.delete_endpoint(EndpointName="shells")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ranges": {"name": "booster"}}, "untunable hyperparameters: [booster]"),
        ({"metric": "validation:speed"}, "isn't valid for the"),
        ({"metric": "validation:auc", "kind": "Minimize"}, "Choose [Maximize]"),
        ({"static": {"num_round": "many"}}, "The value 'many' is not valid for num_round"),
        ({"definitions": [{"Name": "mine", "Regex": "(.*)"}]}, "You can't override the metric definitions"),
    ],
)
def test_what_aws_refuses_of_a_search_is_refused(
    laptop: Laptop, ran: dict[str, Any], changes: dict[str, Any], words: str
) -> None:
    sagemaker = laptop.client("sagemaker")
    job = ran["search"]["metadata"]["Search"]["TuningJob"]["Arn"].rsplit("/", 1)[1]
    given = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job)
    config, definition = given["HyperParameterTuningJobConfig"], given["TrainingJobDefinition"]
    definition["StaticHyperParameters"].pop("_tuning_objective_metric", None)
    definition["StaticHyperParameters"].update(changes.get("static", {}))
    config["ParameterRanges"]["ContinuousParameterRanges"][0]["Name"] = changes.get("ranges", {}).get("name", "eta")
    objective = config["HyperParameterTuningJobObjective"]
    objective["MetricName"] = changes.get("metric", objective["MetricName"])
    objective["Type"] = changes.get("kind", objective["Type"])
    definition["AlgorithmSpecification"].pop("MetricDefinitions", None)
    if "definitions" in changes:
        definition["AlgorithmSpecification"]["MetricDefinitions"] = changes["definitions"]
    with pytest.raises(sagemaker.exceptions.ClientError) as refused:
        sagemaker.create_hyper_parameter_tuning_job(
            HyperParameterTuningJobName="refused",
            HyperParameterTuningJobConfig=config,
            TrainingJobDefinition=definition,
        )
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("name", "image", "words"),
    [
        ("mistaken", "sagemaker-xgboost:1.7-1", "ClientError: Hyperparameter eta: 2.0 is not in [0, 1], exit code: 1"),
        ("unknown", "linear-learner:1", "The built-in algorithm linear-learner has no stand-in"),
    ],
)
def test_a_job_that_cannot_be_done_says_why(
    laptop: Laptop, ran: dict[str, Any], name: str, image: str, words: str
) -> None:
    sagemaker = laptop.client("sagemaker")
    source = {"S3DataType": "S3Prefix", "S3Uri": ran["met"]["prepared"]["train"]}
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn="arn:aws:iam::000000000000:role/shells",
        AlgorithmSpecification={
            "TrainingImage": f"683313688378.dkr.ecr.us-east-1.amazonaws.com/{image}",
            "TrainingInputMode": "File",
        },
        HyperParameters={"num_round": "3", "eta": "2"},
        InputDataConfig=[{"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}],
        OutputDataConfig={"S3OutputPath": "s3://shells/failed"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    with pytest.raises(WaiterError):
        waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
        waiter.wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    assert words in sagemaker.describe_training_job(TrainingJobName=name)["FailureReason"]

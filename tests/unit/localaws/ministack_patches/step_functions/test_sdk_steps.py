"""Each step class of the stepfunctions SDK writes a state that runs as it is: its definitions are the judge.

https://aws-step-functions-data-science-sdk.readthedocs.io/en/stable/sagemaker.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.model import Model
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor
from sagemaker.transformer import Transformer
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner
from stepfunctions.inputs import ExecutionInput
from stepfunctions.steps import (
    Chain,
    EndpointConfigStep,
    EndpointStep,
    ModelStep,
    ProcessingStep,
    TrainingStep,
    TransformStep,
    TuningStep,
)
from stepfunctions.steps.states import Graph, State

from localaws.tuning import records, runner
from tests.unit.localaws.conftest import Api
from tests.unit.localaws.ministack_patches.conftest import ROLE, Machines
from tests.unit.localaws.ministack_patches.step_functions.conftest import Jobs

Document = dict[str, Any]
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/own:1"
GIVEN = ExecutionInput(schema={"Job": str, "Model": str, "Endpoint": str, "Rate": str})
VALUES = {"Job": "job-7", "Model": "model-7", "Endpoint": "endpoint-7", "Rate": "0.1"}


class NoSession:
    """An SDK session that reaches nothing: the SDK writes definitions without AWS."""

    boto_region_name = "us-east-1"
    default_bucket_prefix = None
    local_mode = False
    settings = None
    sagemaker_config = None

    def default_bucket(self) -> str:
        return "bucket"

    def __getattr__(self, name: str) -> Any:
        if name in ("config", "s3_client", "s3_resource"):
            return None
        raise AttributeError(name)


@pytest.fixture
def estimator() -> Estimator:
    return Estimator(
        IMAGE,
        ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path="s3://bucket/out",
        sagemaker_session=NoSession(),
        hyperparameters={"epochs": "3"},
        max_run=600,
        disable_profiler=True,
        debugger_hook_config=False,  # which AWS closed to new accounts
    )


@pytest.fixture
def run(machines: Machines, integrated: Jobs) -> Iterator[Callable[..., Document]]:
    """Run what the SDK writes of steps, as it is; the answer of the last one."""
    assert integrated

    def run_steps(*steps: State) -> Document:
        definition = Graph(Chain(list(steps))).to_json()
        made = machines.call("_create_state_machine", name="sdk", definition=definition, roleArn=ROLE)
        ended = machines.run(made["stateMachineArn"], VALUES)
        assert ended["status"] == "SUCCEEDED", (ended["error"], ended["cause"])
        answer: Document = json.loads(ended["output"])
        return answer

    return run_steps


DATA = {"train": TrainingInput("s3://bucket/train", content_type="text/csv")}


def test_a_training_and_its_model_become_an_endpoint(
    run: Callable[..., Document], estimator: Estimator, api: Api
) -> None:
    train = TrainingStep(
        "Train", estimator, job_name=GIVEN["Job"], data=DATA, tags={"a": "b"}, hyperparameters={"rate": GIVEN["Rate"]}
    )
    model = ModelStep("Model", train.get_expected_model(), model_name=GIVEN["Model"], tags={"a": "b"})
    config = EndpointConfigStep("Config", GIVEN["Endpoint"], GIVEN["Model"], 1, "ml.m5.large", tags={"a": "b"})
    run(train, model, config)
    job = api("DescribeTrainingJob", TrainingJobName="job-7")
    assert job["HyperParameters"] == {"epochs": "3", "rate": "0.1"}
    described = api("DescribeModel", ModelName="model-7")
    assert described["PrimaryContainer"]["ModelDataUrl"] == job["ModelArtifacts"]["S3ModelArtifacts"]
    assert api("DescribeEndpointConfig", EndpointConfigName="endpoint-7")["ProductionVariants"][0]["VariantName"]


def test_a_training_need_not_be_waited_for(run: Callable[..., Document], estimator: Estimator) -> None:
    train = TrainingStep("Train", estimator, job_name="plain", data="s3://bucket/train", wait_for_completion=False)
    assert run(train)["TrainingJobArn"].endswith("/plain")


@pytest.mark.parametrize("update", [False, True])
def test_an_endpoint_is_made_or_changed(
    run: Callable[..., Document], machines: Machines, estimator: Estimator, api: Api, update: bool
) -> None:
    model = Model(IMAGE, model_data="s3://bucket/m.tar.gz", role=ROLE, sagemaker_session=NoSession())
    config = EndpointConfigStep("Config", "config", "model-7", 1, "ml.m5.large")
    run(ModelStep("Model", model, model_name=GIVEN["Model"]), config)
    if update:
        api("CreateEndpoint", EndpointName="endpoint-7", EndpointConfigName="config")
    step = EndpointStep("Endpoint", GIVEN["Endpoint"], "config", update=update)
    definition = Graph(Chain([step])).to_json()
    arn = machines.call("_create_state_machine", name="e", definition=definition, roleArn=ROLE)["stateMachineArn"]
    ended = machines.run(arn, VALUES)
    if update:  # which has not begun to serve
        assert ended["error"] == "SageMaker.AmazonSageMakerException"
    assert api("DescribeEndpoint", EndpointName="endpoint-7")["EndpointStatus"] in ("Creating", "Failed")


def test_a_transform_is_waited_for(run: Callable[..., Document], api: Api) -> None:
    model = Model(IMAGE, model_data="s3://bucket/m.tar.gz", role=ROLE, sagemaker_session=NoSession())
    transformer = Transformer("model-7", 1, "ml.m5.large", output_path="s3://bucket/out", sagemaker_session=NoSession())
    step = TransformStep(
        "Transform",
        transformer,
        job_name=GIVEN["Job"],
        model_name=GIVEN["Model"],
        data="s3://bucket/in",
        content_type="text/csv",
        split_type="Line",
    )
    answer = run(ModelStep("Model", model, model_name=GIVEN["Model"]), step)
    assert answer["TransformJobStatus"] == "Completed"
    assert api("DescribeTransformJob", TransformJobName="job-7")["ModelName"] == "model-7"


def test_a_processing_is_waited_for(run: Callable[..., Document], api: Api) -> None:
    processor = Processor(
        ROLE, IMAGE, instance_count=1, instance_type="ml.m5.large", sagemaker_session=NoSession(), env={"A": "b"}
    )
    step = ProcessingStep(
        "Process",
        processor,
        job_name=GIVEN["Job"],
        inputs=[ProcessingInput("s3://bucket/in", "/opt/ml/processing/input", input_name="in")],
        outputs=[ProcessingOutput("/opt/ml/processing/output", "s3://bucket/out", output_name="out")],
        container_arguments=["--rate", "1"],
        container_entrypoint=["python3", "/opt/ml/processing/input/run.py"],
    )
    assert run(step)["ProcessingJobStatus"] == "Completed"
    job = api("DescribeProcessingJob", ProcessingJobName="job-7")
    assert job["AppSpecification"]["ContainerArguments"] == ["--rate", "1"]


def test_a_tuning_is_waited_for(
    run: Callable[..., Document], estimator: Estimator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(aws: Any, document: Document) -> None:
        name = document["HyperParameterTuningJobName"].lower()
        aws.store.update(records.KIND, name, HyperParameterTuningJobStatus="Completed")

    monkeypatch.setattr(runner, "start", end)
    tuner = HyperparameterTuner(
        estimator,
        "loss",
        {"rate": ContinuousParameter(0.01, 0.1)},
        metric_definitions=[{"Name": "loss", "Regex": "loss=(.*)"}],
        objective_type="Minimize",
        max_jobs=2,
        max_parallel_jobs=1,
    )
    answer = run(TuningStep("Tune", tuner, job_name=GIVEN["Job"], data=DATA))
    assert answer["HyperParameterTuningJobStatus"] == "Completed"
    assert answer["Tags"]["MANAGED_BY_AWS"] == "STARTED_BY_STEP_FUNCTIONS"

"""What Describe answers beyond what was sent: all that the SageMaker SDK reads of it without asking, and `attach`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import sagemaker
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from sagemaker.analytics import TrainingJobAnalytics
from sagemaker.estimator import Estimator
from sagemaker.processing import ProcessingJob
from sagemaker.transformer import Transformer
from sagemaker.tuner import HyperparameterTuner

from localaws.records.defaults import fill
from localaws.rest import answer
from localaws.services import BY_TARGET
from localaws.shapes import service_model
from localaws.tasks import Tasks

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api

Document = dict[str, Any]
ROLE = "arn:aws:iam::000000000000:role/job"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
SOURCE = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}}
TRAINED: Document = {
    "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
    "InputDataConfig": [{"ChannelName": "train", "DataSource": SOURCE}],
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
    "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
    "RoleArn": ROLE,
    "StoppingCondition": {},
}
CLUSTER = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
VARIANT = {"VariantName": "live", "ModelName": "one", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
OBJECTIVE = {"Type": "Minimize", "MetricName": "validation:rmse"}
# Each with no more than it must have.
LEAST: dict[str, Document] = {
    "CreateModel": {"ModelName": "one", "PrimaryContainer": {"Image": "own"}},
    "CreateEndpointConfig": {"EndpointConfigName": "one", "ProductionVariants": [VARIANT]},
    "CreateEndpoint": {"EndpointName": "one", "EndpointConfigName": "one"},
    "CreateTrainingJob": {"TrainingJobName": "one", **TRAINED},
    "CreateProcessingJob": {
        "ProcessingJobName": "one",
        "ProcessingResources": {"ClusterConfig": CLUSTER},
        "AppSpecification": {"ImageUri": "own"},
        "RoleArn": ROLE,
        "ProcessingInputs": [
            {
                "InputName": "in",
                "S3Input": {"S3Uri": "s3://bucket/in", "S3DataType": "S3Prefix", "LocalPath": "/opt/ml/processing/in"},
            }
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "out",
                    "S3Output": {
                        "S3Uri": "s3://bucket/out",
                        "LocalPath": "/opt/ml/processing/out",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
    },
    "CreateTransformJob": {
        "TransformJobName": "one",
        "ModelName": "one",
        "TransformInput": {"DataSource": SOURCE},
        "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    },
    "CreateHyperParameterTuningJob": {
        "HyperParameterTuningJobName": "one",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": OBJECTIVE,
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
            "ParameterRanges": {"IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "1", "MaxValue": "3"}]},
        },
        "TrainingJobDefinition": {
            **TRAINED,
            "InputDataConfig": [{"ChannelName": name, "DataSource": SOURCE} for name in ("train", "validation")],
            "StaticHyperParameters": {"num_round": "2"},
        },
    },
    "CreateModelPackageGroup": {"ModelPackageGroupName": "one"},
    "CreateModelPackage": {
        "ModelPackageGroupName": "one",
        "InferenceSpecification": {
            "Containers": [{"Image": "own", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    },
}
KINDS = (
    "TrainingJob",
    "ProcessingJob",
    "TransformJob",
    "HyperParameterTuningJob",
    "Model",
    "EndpointConfig",
    "Endpoint",
)
SDK = Path(sagemaker.__file__).parent
# Functions that are handed a description, by module and name, and the operation that it comes from.
HANDED = {
    ("estimator", "_prepare_init_params_from_job_description"): "describe_training_job",
    ("transformer", "_prepare_init_params_from_job_description"): "describe_transform_job",
    ("tuner", "_prepare_init_params_from_job_description"): "describe_hyper_parameter_tuning_job",
    ("tuner", "_attach_with_training_details"): "describe_hyper_parameter_tuning_job",
    ("utils", "secondary_training_status_message"): "describe_training_job",
}
# What is there once a job has begun or ended, what only some requests have, and what only features have that there are
# not: JumpStart's, recommender's and AutoML's.
SOMETIMES = {
    "describe_training_job": {"TrainingStartTime", "AlgorithmSpecification.ContainerEntrypoint"},
    "describe_hyper_parameter_tuning_job": {"BestTrainingJob", "WarmStartConfig", "TrainingJobDefinitions"},
    "describe_model": {"DeploymentRecommendation", "Containers", "PrimaryContainer.ModelDataUrl"},
    "describe_model_package": {"AdditionalInferenceSpecificationDefinition", "SourceUri", "ModelCard"},
}


class Idle(Tasks):
    """Takes tasks and begins none."""

    def start(self, key: str, work: object) -> None:
        """Begin nothing."""


@pytest.fixture
def least(aws: Aws, api: Api) -> Api:
    """One of each resource, of requests with no more than they must have, whose jobs have not begun."""
    object.__setattr__(aws, "tasks", Idle())
    for operation, request in LEAST.items():
        api(operation, **request)
    return api


@pytest.fixture
def session(aws: Aws) -> sagemaker.Session:
    """A session of the SDK whose client is answered here."""
    boto = boto3.Session("test", "test", region_name="us-east-1")
    client = boto.client("sagemaker")

    def reply(request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        status, content = answer(BY_TARGET["SageMaker"], aws, operation, request.body)
        raw = type("Raw", (), {"stream": lambda *_, **__: iter([content])})()
        return AWSResponse(request.url, status, {}, raw)

    client.meta.events.register("before-send.sagemaker", reply)
    return sagemaker.Session(boto, sagemaker_client=client, default_bucket="bucket")


def _path(node: ast.AST) -> tuple[ast.AST, list[str]]:
    """What a chain of subscripts stands on, and its members; none for a chain with another kind of index."""
    names: list[str] = []
    while isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        names.insert(0, str(node.slice.value))
        node = node.value
    return node, names


def _operation(node: ast.AST) -> str | None:
    called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
    return called if called.startswith("describe_") else None


def _asked(function: ast.FunctionDef) -> set[str]:
    """Members that a function asks for before it reads them."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant):
            found.add(str(node.left.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            found |= {str(word.value) for word in node.args[:1] if isinstance(word, ast.Constant)}
    return found


def _read(module: Path) -> Iterator[tuple[str, str]]:
    """Operations and the paths that a module of the SDK reads of their answers without asking for them."""
    text = module.read_text(encoding="utf-8")
    if "describe_" not in text and module.stem not in {stem for stem, _ in HANDED}:
        return  # most modules, and to parse all takes seconds
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef):
            continue
        handed = HANDED.get((module.stem, function.name))
        names = {argument.arg: handed for argument in function.args.args[-1:] if handed}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                operation = _operation(node.value)
                names |= {node.targets[0].id: operation} if operation else {}
        asked = _asked(function)
        for node in ast.walk(function):
            base, members = _path(node)
            operation = _operation(base) or (names.get(base.id) if isinstance(base, ast.Name) else None)
            if operation and members and not asked & set(members):
                yield operation, ".".join(members)


def _read_by_the_sdk() -> dict[str, set[str]]:
    """The paths that the SDK reads of each operation's answers."""
    read: dict[str, set[str]] = {}
    for file in SDK.rglob("*.py"):
        for called, path in _read(file):
            read.setdefault(called, set()).add(path)
    return read


def _has(document: Any, path: str) -> bool:
    for name in path.split("."):
        if isinstance(document, list):
            document = document[int(name)] if len(document) > int(name) else None
        elif isinstance(document, dict) and name in document:
            document = document[name]
        else:
            return False
    return document is not None


def test_every_member_that_the_sdk_reads_of_a_description_is_described(least: Api) -> None:
    groups = {"ModelPackageName": "arn:aws:sagemaker:us-east-1:000000000000:model-package/one/1"}
    lacking, seen, read = [], set(), _read_by_the_sdk()
    for name in service_model().operation_names:
        operation = xform_name(name)
        if operation not in read or f"Create{name.removeprefix('Describe')}" not in LEAST:
            continue
        request = service_model().operation_model(name).input_shape
        found = least(name, **{member: groups.get(member, "one") for member in request.required_members})
        seen.add(name)
        for path in read[operation]:
            sometimes = any(path.startswith(other) for other in SOMETIMES.get(operation, set()))
            if not sometimes and not _has(found, path):
                lacking.append(f"{name}: {path}")
    assert not lacking
    assert {f"Describe{kind}" for kind in KINDS} <= seen


def test_estimators_attach_to_training_jobs(least: Api, session: sagemaker.Session) -> None:
    job = session.describe_training_job("one")
    params = Estimator._prepare_init_params_from_job_description(job)
    attached = Estimator(sagemaker_session=session, **params)
    assert (attached.output_kms_key, attached.max_run, attached.volume_size) == ("", 86400, 1)
    assert (attached.image_uri, attached.instance_count, attached.hyperparameters()) == (XGBOOST, 1, {})
    assert not attached.enable_network_isolation()


def test_metrics_of_an_algorithm_are_found_by_its_job(aws: Aws, least: Api, session: sagemaker.Session) -> None:
    aws.store.update("training-job", "one", TrainingStartTime=1)
    assert "validation:rmse" in TrainingJobAnalytics("one", sagemaker_session=session)._metric_names


def test_transformers_attach_to_transform_jobs(least: Api, session: sagemaker.Session) -> None:
    job = session.describe_transform_job("one")
    attached = Transformer(sagemaker_session=session, **Transformer._prepare_init_params_from_job_description(job))
    assert (attached.assemble_with, attached.output_kms_key, attached.model_name) == ("None", "", "one")


def test_processing_jobs_are_made_of_their_names(least: Api, session: sagemaker.Session) -> None:
    found = ProcessingJob.from_processing_name(session, "one")
    assert [item.input_name for item in found.inputs] == ["in"]
    assert found.inputs[0].s3_input.s3_data_distribution_type == "FullyReplicated"
    assert found.outputs[0].app_managed is False


def test_tuners_attach_to_searches(least: Api, session: sagemaker.Session) -> None:
    attached = HyperparameterTuner.attach("one", sagemaker_session=session)
    assert attached.early_stopping_type == "Off"
    assert "validation:rmse" in {item["Name"] for item in attached.metric_definitions}
    assert attached.estimator.output_kms_key == ""
    assert attached.hyperparameter_ranges().keys() >= {"IntegerParameterRanges"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_sent_is_described_as_it_was_sent(least: Api, kind: str) -> None:
    sent = LEAST[f"Create{kind}"]
    name = next(member for member in sent if member.endswith("Name"))
    found = least(f"Describe{kind}", **{name: "one"})
    shape = service_model().operation_model(f"Describe{kind}").output_shape
    assert [member for member in sent if member in shape.members and not _holds(found[member], sent[member])] == []


def _holds(found: Any, sent: Any) -> bool:
    if isinstance(sent, dict):
        return all(name in found and _holds(found[name], value) for name, value in sent.items())
    if isinstance(sent, list):
        return len(found) == len(sent) and all(map(_holds, found, sent))
    return bool(found == sent)


def test_nothing_that_was_given_is_filled_over() -> None:
    defaults = {"A": {"B": 1, "C": 2}, "List?": [{"D": 3}], "Gone?": {"E": 4}, "Made": [{"F": 5}]}
    assert fill({"A": {"B": 0}, "List": [{"D": None}, {"D": ""}]}, defaults) == {
        "A": {"B": 0, "C": 2},
        "List": [{"D": 3}, {"D": ""}],
        "Made": [],
    }

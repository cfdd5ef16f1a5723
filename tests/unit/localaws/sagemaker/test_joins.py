"""Rules that join several members of a request: each is broken by a request here, and says where it comes from."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sagemaker.utils import instance_supports_kms

from localaws.operations import SAGEMAKER
from localaws.refusals import Rule
from localaws.sagemaker.rules import instances
from localaws.sagemaker.rules.jobs import MONITORING_RULES, TUNING_RULES
from localaws.shapes import service_model

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api

Document = dict[str, Any]
ROLE = "arn:aws:iam::000000000000:role/job"
KEY = {"VolumeKmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}
S3 = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}
CHANNEL = {"ChannelName": "train", "DataSource": {"S3DataSource": S3}}
TRAINING = {
    "TrainingJobName": "job",
    "AlgorithmSpecification": {"TrainingImage": "own", "TrainingInputMode": "File"},
    "RoleArn": ROLE,
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    "StoppingCondition": {"MaxRuntimeInSeconds": 600},
}
GPU = {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1}
GROUP = {"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 1, "InstanceGroupName": "gpu"}
SPOT = {"EnableManagedSpotTraining": True, "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}}
INPUT = {"InputName": "in", "S3Input": {**S3, "LocalPath": "/opt/ml/processing/in"}}
OUTPUT = {
    "OutputName": "out",
    "S3Output": {"S3Uri": "s3://bucket/out", "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"},
}
CLUSTER = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
PROCESSING = {
    "ProcessingJobName": "job",
    "ProcessingResources": {"ClusterConfig": CLUSTER},
    "AppSpecification": {"ImageUri": "own"},
    "RoleArn": ROLE,
}
TRANSFORM = {
    "TransformJobName": "job",
    "ModelName": "model",
    "TransformInput": {"DataSource": {"S3DataSource": S3}},
    "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
DEFINITION = {
    "StaticHyperParameters": {},
    **{name: TRAINING[name] for name in ("AlgorithmSpecification", "RoleArn", "OutputDataConfig", "StoppingCondition")},
}
CONTAINER = {"Image": "own"}
HOST = {**CONTAINER, "ContainerHostname": "host"}
MODEL = {"ModelName": "model", "PrimaryContainer": CONTAINER, "ExecutionRoleArn": ROLE}
VARIANT = {"VariantName": "live", "ModelName": "model", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
SERVERLESS = {
    "VariantName": "live",
    "ModelName": "model",
    "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5},
}
CAPTURE = {
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://bucket/captures",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
SPECIFICATION = {
    "Containers": [CONTAINER],
    "SupportedContentTypes": ["image/png"],
    "SupportedResponseMIMETypes": ["application/json"],
    "SupportedTransformInstanceTypes": ["ml.m5.large"],
    "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
}
UNVERSIONED = {"ModelPackageName": "package", "InferenceSpecification": SPECIFICATION}
VERSIONED = {"ModelPackageGroupName": "group", "InferenceSpecification": SPECIFICATION}


def training(**more: object) -> tuple[str, Document]:
    return "CreateTrainingJob", {**TRAINING, **more}


def measured(*metrics: Document) -> tuple[str, Document]:
    """A training job with definitions of metrics."""
    return training(AlgorithmSpecification={**TRAINING["AlgorithmSpecification"], "MetricDefinitions": list(metrics)})


def processing(**more: object) -> tuple[str, Document]:
    return "CreateProcessingJob", {**PROCESSING, **more}


def cluster(**more: object) -> tuple[str, Document]:
    return processing(ProcessingResources={"ClusterConfig": {**CLUSTER, **more}})


def transform(**more: object) -> tuple[str, Document]:
    return "CreateTransformJob", {**TRANSFORM, **more}


def tuning(
    resources: Document, kind: str = "HyperParameterTuningResourceConfig", **more: object
) -> tuple[str, Document]:
    """A random search of a container's own metric."""
    metric = {"Name": "loss", "Regex": "loss=(.*)"}
    algorithm = {**DEFINITION["AlgorithmSpecification"], "MetricDefinitions": [metric]}
    return "CreateHyperParameterTuningJob", {
        "HyperParameterTuningJobName": "search",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
            "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["sgd", "adam"]}]},
        },
        "TrainingJobDefinition": {**DEFINITION, "AlgorithmSpecification": algorithm, kind: resources, **more},
    }


def model(**more: object) -> tuple[str, Document]:
    return "CreateModel", {**MODEL, **more}


def container(**more: object) -> tuple[str, Document]:
    return model(PrimaryContainer={**CONTAINER, **more})


def endpoint(*variants: Document, **more: object) -> tuple[str, Document]:
    return "CreateEndpointConfig", {"EndpointConfigName": "config", "ProductionVariants": list(variants), **more}


def package(base: Document, **more: object) -> tuple[str, Document]:
    return "CreateModelPackage", {**base, **more}


def monitored(**more: object) -> tuple[str, Document]:
    """A job definition as a schedule has it; CreateDataQualityJobDefinition asks for the same."""
    return "CreateDataQualityJobDefinition", {
        "JobDefinitionName": "drift",
        "DataQualityAppSpecification": {"ImageUri": "own"},
        "DataQualityJobInput": {
            "EndpointInput": {"EndpointName": "endpoint", "LocalPath": "/opt/ml/processing/captures"}
        },
        "DataQualityJobOutputConfig": {
            "MonitoringOutputs": [{"S3Output": {"S3Uri": "s3://bucket/out", "LocalPath": "/opt/ml/processing/out"}}]
        },
        "JobResources": {"ClusterConfig": {**CLUSTER, **more}},
        "RoleArn": ROLE,
    }


def piped(**more: object) -> Document:
    return {**CHANNEL, **more}


BROKEN: list[tuple[tuple[str, Document], str]] = [
    (
        ("StartPipelineExecution", {"PipelineName": "line", "PipelineParameters": [{"Name": "A", "Value": ""}]}),
        '[string "" is too short (length: 0, required minimum: 1)]',
    ),
    (training(InputDataConfig=[CHANNEL, CHANNEL]), "Channel names must be unique; train stands more than once."),
    (measured({"Name": "a", "Regex": "a"}, {"Name": "a", "Regex": "b"}), "Metric definition names must be unique; a "),
    (measured({"Name": "a", "Regex": "("}), "The Regex '(' of the metric a is not valid"),
    (
        training(ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 0, "VolumeSizeInGB": 1}),
        "Value '0' at 'resourceConfig.instanceCount' failed to satisfy constraint: Member must have value greater than",
    ),
    (
        training(ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 16385}),
        "at 'resourceConfig.volumeSizeInGB' failed to satisfy constraint: Member must have value less than or equal to",
    ),
    (training(StoppingCondition={"MaxRuntimeInSeconds": 28 * 86400 + 1}), "less than or equal to 2419200"),
    (processing(ProcessingInputs=[INPUT, INPUT]), "InputName must be unique within a processing job; in stands"),
    (
        processing(ProcessingOutputConfig={"Outputs": [OUTPUT, OUTPUT]}),
        "OutputName must be unique within a processing job; out stands",
    ),
    (model(PrimaryContainer=None, Containers=[HOST, HOST]), "ContainerHostname must be unique within a model; host "),
    (
        model(PrimaryContainer=None, Containers=[CONTAINER] * 2, InferenceExecutionConfig={"Mode": "Direct"}),
        "ContainerHostname must be specified for every container of a model whose mode is Direct.",
    ),
    (
        training(ResourceConfig={**GPU, **KEY}),
        "VolumeKmsKeyId can't be requested when using an instance type with local",
    ),
    (
        training(ResourceConfig={"InstanceGroups": [GROUP], "VolumeSizeInGB": 1, **KEY}),
        "with local storage: ml.g4dn.xl",
    ),
    (training(ResourceConfig={**GPU, "InstanceGroups": [GROUP]}), "cannot be specified with InstanceGroups"),
    (training(ResourceConfig={"VolumeSizeInGB": 1}), "ResourceConfig needs InstanceType and InstanceCount"),
    (training(ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1}), "VolumeSizeInGB must be defined"),
    (
        training(ResourceConfig={**GPU, "InstancePreferences": [{"InstanceType": "ml.g5.xlarge"}]}),
        "InstancePreferences is mutually exclusive with InstanceType",
    ),
    (
        training(ResourceConfig={"InstancePreferences": [{"InstanceType": "ml.g5.xlarge"}]}),
        "InstanceCount must be set on every instance preference or for all",
    ),
    (
        training(ResourceConfig={**GPU, "SelectedInstanceType": "ml.g5.xlarge"}),
        "SelectedInstanceType cannot be specified",
    ),
    (
        training(**SPOT, ResourceConfig={**GPU, "KeepAlivePeriodInSeconds": 60}),
        "KeepAlivePeriodInSeconds cannot be used with EnableManagedSpotTraining",
    ),
    (
        training(ResourceConfig={"InstanceGroups": [GROUP], "VolumeSizeInGB": 1, "KeepAlivePeriodInSeconds": 60}),
        "KeepAlivePeriodInSeconds cannot be used with InstanceGroups",
    ),
    (
        training(StoppingCondition={"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}),
        "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true",
    ),
    (
        training(EnableManagedSpotTraining=True),
        "It must be present and be greater than or equal to MaxRuntimeInSeconds",
    ),
    (
        training(
            EnableManagedSpotTraining=True, StoppingCondition={"MaxRuntimeInSeconds": 61, "MaxWaitTimeInSeconds": 60}
        ),
        "It must be present and be greater than or equal to MaxRuntimeInSeconds",
    ),
    (
        training(
            ResourceConfig={"InstanceGroups": [GROUP], "VolumeSizeInGB": 1},
            InputDataConfig=[
                {"ChannelName": "a", "DataSource": {"S3DataSource": {**S3, "InstanceGroupNames": ["gpu"]}}},
                {"ChannelName": "b", "DataSource": {"S3DataSource": S3}},
            ],
        ),
        "Some channels have assigned instance groups: [a] while others not: [b]",
    ),
    (
        training(InputDataConfig=[{**CHANNEL, "DataSource": {"S3DataSource": {**S3, "InstanceGroupNames": ["x"]}}}]),
        "no instance groups of the names: [x]",
    ),
    (
        training(
            InputDataConfig=[{**CHANNEL, "DataSource": {"S3DataSource": {**S3, "S3DataType": "AugmentedManifestFile"}}}]
        ),
        "AugmentedManifestFile, which needs the input mode Pipe",
    ),
    (training(InputDataConfig=[{**CHANNEL, "CompressionType": "Gzip"}]), "which is for the input mode Pipe only"),
    (cluster(InstanceType="ml.r5d.large", **KEY), "with local storage: ml.r5d.large"),
    (cluster(InstanceType="ml.g4dn.xlarge", VolumeSizeInGB=126), "greater than the total size of the local instance"),
    (
        cluster(InstancePreferences=[{"InstanceType": "ml.m5.large"}]),
        "InstancePreferences is mutually exclusive with InstanceType",
    ),
    (cluster(SelectedInstanceCount=1), "SelectedInstanceCount cannot be specified"),
    (processing(ProcessingResources={"ClusterConfig": {"VolumeSizeInGB": 1}}), "needs InstanceType and InstanceCount"),
    (
        processing(ProcessingInputs=[{**INPUT, "S3Input": {**INPUT["S3Input"], "S3CompressionType": "Gzip"}}]),
        "can only be used with the S3InputMode Pipe",
    ),
    (processing(ProcessingInputs=[{"InputName": "in", "S3Input": S3}]), "LocalPath is required for the input in"),
    (
        processing(
            ProcessingOutputConfig={
                "Outputs": [{"OutputName": "out", "FeatureStoreOutput": {"FeatureGroupName": "pictures"}}]
            }
        ),
        "only supported with AppManaged",
    ),
    (
        transform(TransformResources={"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 1, **KEY}),
        "with local storage: ml.g4dn.xlarge",
    ),
    (transform(MaxPayloadInMB=20, MaxConcurrentTransforms=6), "MaxConcurrentTransforms * MaxPayloadInMB is 120 MB"),
    (transform(MaxPayloadInMB=101), "MaxPayloadInMB is 101; it cannot be greater than 100"),
    (transform(DataProcessing={"JoinSource": "Input"}), "DataProcessing is not supported for the ContentType None"),
    (
        transform(
            DataProcessing={"OutputFilter": "$['account_id','SageMakerOutput']"},
            TransformInput={"DataSource": {"S3DataSource": S3}, "ContentType": "application/jsonlines"},
        ),
        "Invalid OutputFilter: \"$['account_id','SageMakerOutput']\". Unexpected \"_\" in JsonPath. Supported "
        "operators for \"application/jsonlines\" are ['$', '[', ']', '*', '.', ' ', ',', ':', '-', ''']",
    ),
    (
        tuning({"InstanceConfigs": [GPU], "InstanceCount": 1}),
        "InstanceCount cannot be specified together with InstanceConf",
    ),
    (tuning({**GPU, **KEY}), "with local storage: ml.g5.xlarge"),
    (
        tuning({"InstanceConfigs": [GPU, {**GPU, "InstanceType": "ml.g4dn.xlarge"}], **KEY}),
        "ml.g5.xlarge, ml.g4dn.xlarge",
    ),
    (tuning({**GPU, **KEY}, "ResourceConfig"), "with local storage: ml.g5.xlarge"),
    (tuning({**GPU, "VolumeSizeInGB": 251}), "VolumeSizeInGB 251 is greater than the total size of the local instance"),
    (tuning(GPU, EnableManagedSpotTraining=True), "It must be present and be greater than or equal"),
    (
        tuning({"InstanceConfigs": [{"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 251}]}),
        "VolumeSizeInGB 251 is greater",
    ),
    (monitored(InstanceType="ml.g4dn.xlarge", **KEY), "with local storage: ml.g4dn.xlarge"),
    (
        (
            "CreateModel",
            {**MODEL, "Containers": [{**CONTAINER, "ContainerHostname": "a"}, CONTAINER], "PrimaryContainer": None},
        ),
        "ContainerHostname must be specified for every container",
    ),
    (
        container(
            ModelDataUrl="s3://bucket/model.tar.gz",
            ModelDataSource={
                "S3DataSource": {"S3Uri": "s3://b/m/", "S3DataType": "S3Prefix", "CompressionType": "None"}
            },
        ),
        "ModelDataUrl and ModelDataSource cannot both be specified",
    ),
    (model(InferenceExecutionConfig={"Mode": "Direct"}), "InferenceExecutionConfig is only supported for models with"),
    (
        container(
            ImageConfig={
                "RepositoryAccessMode": "Platform",
                "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": "arn:aws:lambda:us-east-1:1:function:f"},
            }
        ),
        "can only be specified with the RepositoryAccessMode Vpc",
    ),
    (container(ImageConfig={"RepositoryAccessMode": "Vpc"}), "VpcConfig is required for a container"),
    (
        endpoint({**SERVERLESS, **VARIANT}),
        "InstanceType and InitialInstanceCount cannot be specified with ServerlessConfig",
    ),
    (endpoint(SERVERLESS, {**SERVERLESS, "VariantName": "b"}), "does not support multiple production variants"),
    (
        endpoint(SERVERLESS, DataCaptureConfig=CAPTURE),
        "DataCaptureConfig cannot be specified for a serverless endpoint",
    ),
    (
        endpoint({**SERVERLESS, "ServerlessConfig": {**SERVERLESS["ServerlessConfig"], "ProvisionedConcurrency": 6}}),
        "ProvisionedConcurrency 6 must be less than or equal to MaxConcurrency 5",
    ),
    (
        endpoint({**VARIANT, "InstanceType": "ml.g5.xlarge", "VolumeSizeInGB": 50}),
        "VolumeSize parameter is not allowed for the selected Instance type ml.g5.xlarge",
    ),
    (
        endpoint({**VARIANT, "ManagedInstanceScaling": {"Status": "ENABLED", "MinInstanceCount": 1}}),
        "ManagedInstanceScaling is only supported for inference component endpoints",
    ),
    (
        endpoint(VARIANT, {**VARIANT, "VariantName": "b"}, ShadowProductionVariants=[{**VARIANT, "VariantName": "c"}]),
        "there can be one variant in ProductionVariants and one shadow",
    ),
    (
        endpoint({**VARIANT, "RoutingConfig": {"RoutingStrategy": "PREFIX_AWARE"}}),
        "must be specified with the RoutingStrategy PREFIX_AWARE",
    ),
    (endpoint({**VARIANT, "AcceleratorType": "ml.eia2.medium"}), "AcceleratorType is no longer supported"),
    (package(VERSIONED, CertifyForMarketplace=True), "CertifyForMarketplace does not apply to versioned"),
    (package(UNVERSIONED, ModelApprovalStatus="Approved"), "ModelApprovalStatus does not apply to unversioned"),
    (
        package(UNVERSIONED, InferenceSpecification={**SPECIFICATION, "SupportedTransformInstanceTypes": None}),
        "SupportedTransformInstanceTypes must be specified for unversioned",
    ),
    (
        package(
            UNVERSIONED,
            InferenceSpecification={**SPECIFICATION, "Containers": [{**CONTAINER, "Environment": {"A": "b"}}]},
        ),
        "Environment variable map cannot be specified when using non-versioned ModelPackages",
    ),
    (
        package(VERSIONED, AdditionalInferenceSpecifications=[{"Name": "a", "Containers": [CONTAINER]}] * 2),
        "The names of AdditionalInferenceSpecifications must be unique",
    ),
    (
        package(VERSIONED, ModelCard={"ModelCardContent": '{"intended": 1}', "ModelCardStatus": "Draft"}),
        "The model card content does not follow the model card schema",
    ),
    (
        (
            "UpdateModelPackage",
            {
                "ModelPackageArn": "arn:aws:sagemaker:us-east-1:000000000000:model-package/group/1",
                "ModelCard": {"ModelCardContent": "{"},
            },
        ),
        "The model card content is not valid JSON.",
    ),
]


def bare(value: Any) -> Any:
    """Without the members that are None."""
    return {key: bare(item) for key, item in value.items() if item is not None} if isinstance(value, dict) else value


@pytest.mark.parametrize(("call", "sentence"), BROKEN, ids=[sentence for _, sentence in BROKEN])
def test_a_broken_join_is_refused_in_aws_s_words(aws: Aws, api: Api, call: tuple[str, Document], sentence: str) -> None:
    operation, request = copy.deepcopy(call)
    # Model Monitor is open to an existing customer only.
    old = type(api)(replace(aws, settings=replace(aws.settings, existing_customer=True)))
    code, said = old.refused(operation, **bare(request))
    assert (code, sentence in said) == ("ValidationException", True), said


JOINS: dict[str, tuple[Rule, ...]] = {
    **{
        name: rules
        for name, operation in SAGEMAKER.operations.items()
        if (rules := tuple(check for check in operation.checks if isinstance(check, Rule)))
    },
    # These are of a part of the request.
    "CreateHyperParameterTuningJob": TUNING_RULES,
    "CreateMonitoringSchedule": MONITORING_RULES,
}


def as_rules_see_it(operation: str, request: Document) -> tuple[str, Document]:
    """The operation of JOINS and what its rules are given: of a search, its definition, of a monitor, its resources."""
    if operation == "CreateHyperParameterTuningJob":
        return operation, request["TrainingJobDefinition"]
    if operation == "CreateDataQualityJobDefinition":
        return "CreateMonitoringSchedule", {"MonitoringResources": request["JobResources"]}
    return operation, bare(request)


@pytest.mark.parametrize(
    ("operation", "rule"),
    [(operation, rule) for operation, rules in JOINS.items() for rule in rules],
    ids=lambda value: value.holds if isinstance(value, Rule) else value,
)
def test_each_rule_has_a_request_above_that_breaks_it(operation: str, rule: Rule) -> None:
    seen = [(*as_rules_see_it(*call), sentence) for call, sentence in BROKEN]
    assert any(sentence in (rule.broken(shape) or "") for made, shape, sentence in seen if made == operation)


@pytest.mark.parametrize("rule", [rule for rules in JOINS.values() for rule in rules], ids=lambda rule: rule.holds)
def test_each_rule_names_a_source_that_there_is(rule: Rule) -> None:
    named = re.findall(r"\b([A-Z][A-Za-z0-9]+)\.([A-Z][A-Za-z0-9]+)", rule.source) if "botocore" in rule.source else []
    for shape, member in named:
        assert member in service_model().shape_for(shape).members, (shape, member)
    assert named or "https://" in rule.source or "quoted in public code" in rule.source
    assert not rule.likely or named or "docs.aws.amazon.com" in rule.source


def test_what_breaks_no_join_is_taken(api: Api) -> None:
    for operation, request in (
        training(),
        training(TrainingJobName="b", ResourceConfig=GPU),
        training(TrainingJobName="c", **SPOT),
        training(TrainingJobName="d", ResourceConfig={**TRAINING["ResourceConfig"], **KEY}),
        cluster(**KEY),
        processing(
            ProcessingJobName="e",
            ProcessingResources={"ClusterConfig": {**CLUSTER, "InstanceType": "ml.g4dn.xlarge", "VolumeSizeInGB": 125}},
        ),
        model(),
        # The key of an endpoint's volumes is no join: beside local disks it encrypts nothing, and AWS says no more.
        endpoint({**VARIANT, "InstanceType": "ml.g5.xlarge"}, KmsKeyId=KEY["VolumeKmsKeyId"]),
        package(UNVERSIONED),
    ):
        api(operation, **request)


@pytest.mark.parametrize(
    "shape",
    ["TrainingInstanceType", "ProcessingInstanceType", "TransformInstanceType", "ProductionVariantInstanceType"],
)
def test_local_storage_is_known_of_every_type_that_the_sdk_sends_no_key_for(shape: str) -> None:
    types = service_model().shape_for(shape).enum
    without_key = {name for name in types if not instance_supports_kms(name)}
    assert without_key <= {name for name in types if instances.has_local_storage(name)}
    families = {instances.family(name) for name in types if instances.has_local_storage(name)}
    assert families.isdisjoint({"m5", "c5", "c5n", "r5", "m6g", "c7g", "t3", "p2", "p3", "inf1", "inf2", "m7i", "c6in"})


@pytest.mark.parametrize(
    ("operation", "request_", "named"),
    [
        (
            *training(AlgorithmSpecification={"TrainingImage": "own", "TrainingInputMode": "Pipe"}),
            "TrainingInputMode Pipe",
        ),
        (*training(InputDataConfig=[{**CHANNEL, "InputMode": "Pipe"}]), "InputDataConfig.InputMode Pipe"),
        (*training(ResourceConfig={"InstanceGroups": [GROUP], "VolumeSizeInGB": 1}), "ResourceConfig.InstanceGroups"),
        (
            *processing(ProcessingInputs=[{**INPUT, "S3Input": {**INPUT["S3Input"], "S3InputMode": "Pipe"}}]),
            "S3InputMode Pipe",
        ),
        (
            *transform(TransformInput={**TRANSFORM["TransformInput"], "SplitType": "RecordIO"}),
            "TransformInput.SplitType RecordIO",
        ),
        (*container(Mode="MultiModel"), "PrimaryContainer.Mode MultiModel"),
        (*endpoint(SERVERLESS), "ProductionVariants.ServerlessConfig; leave it out."),
        (
            *endpoint(VARIANT, ShadowProductionVariants=[{**VARIANT, "VariantName": "shadow"}]),
            "ShadowProductionVariants; leave it out.",
        ),
        (
            *endpoint(VARIANT, AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://b/o"}}),
            "AsyncInferenceConfig; leave it out.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_would_be_dropped_silently_is_refused(api: Api, operation: str, request_: Document, named: str) -> None:
    code, said = api.refused(operation, **request_)
    assert (code, f"does not emulate {named}" in said or named in said) == ("ValidationException", True), said
    assert "The local AWS does not emulate" in said

"""Job definitions for data quality and model quality: Create, Describe, List and Delete, alike but for their names."""

from __future__ import annotations

from functools import partial

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.images.builtin import find_processor
from localaws.images.mapping import find_mapped, load_mapping
from localaws.monitoring import records, times
from localaws.operations import SAGEMAKER, Named
from localaws.records import endpoints, tags
from localaws.records.jobs import PROCESSING, find_job
from localaws.refusals import Members, check_rules, members
from localaws.sagemaker import closed, limits
from localaws.sagemaker.rules.jobs import MONITORING_RULES
from localaws.shapes import Document

_NAME = "JobDefinitionName"
_ORDER = listing.Order({"Name": _NAME, "CreationTime": "CreationTime"})


def create(kind: str, aws: Aws, request: Document) -> Document:
    """Store a definition that a schedule can name."""
    name = request[_NAME]
    arn = aws.arn(records.DEFINITIONS[kind], name.lower())
    inline = records.as_inline(kind, request)
    check(aws, inline)
    if kind == "ModelQuality":
        _check_merges(aws, inline["MonitoringAppSpecification"]["ImageUri"])
    with aws.store.transaction():
        if aws.store.get(records.DEFINITIONS[kind], name):
            raise errors.in_use(f"The job definition {arn} already exists.")
        source = inline["MonitoringInputs"][0]["EndpointInput"]
        document = {
            **request,
            "JobDefinitionArn": arn,
            "CreationTime": now(),
            "EndpointName": source["EndpointName"],
        }
        aws.store.put(records.DEFINITIONS[kind], name, document)
        tags.tag_new(aws, arn, request)
    return {"JobDefinitionArn": arn}


def _check_merges(aws: Aws, image: str) -> None:
    """Refuse AWS's image, which has captures merged with their ground truth before it runs; a user's does it itself."""
    if find_processor(image) and not find_mapped(load_mapping(aws.settings.home), image):
        raise errors.validation(
            "The local AWS does not merge captures with their ground truth for AWS's image of Model Monitor: monitor "
            "data quality with it, check the model in a QualityCheck step, or give an image of your own."
        )


def describe(kind: str, aws: Aws, request: Document) -> Document:
    """A definition as it was created."""
    document = aws.store.get(records.DEFINITIONS[kind], request[_NAME])
    if document is None:
        arn = aws.arn(records.DEFINITIONS[kind], request[_NAME].lower())
        raise errors.not_found(f"The job definition {arn} does not exist.")
    return document


def list_definitions(kind: str, aws: Aws, request: Document) -> Document:
    """Definitions of one kind, newest first."""
    stored = aws.store.all(records.DEFINITIONS[kind])
    chosen, more = listing.page(request, stored, _ORDER, _NAME, {"EndpointName": "EndpointName"})
    return {"JobDefinitionSummaries": [_summary(item) for item in chosen], **more}


def delete(kind: str, aws: Aws, request: Document) -> Document:
    """Forget a definition; a schedule that names it fails from then on."""
    with aws.store.transaction():
        document = describe(kind, aws, request)
        aws.store.delete(records.DEFINITIONS[kind], request[_NAME])
        tags.forget(aws, document["JobDefinitionArn"])
    return {}


def _summary(document: Document) -> Document:
    return {
        "MonitoringJobDefinitionName": document[_NAME],
        "MonitoringJobDefinitionArn": document["JobDefinitionArn"],
        "CreationTime": document["CreationTime"],
        "EndpointName": document["EndpointName"],
    }


# Of an endpoint's input, and where a job's definition stands inside a schedule.
_ENDPOINT = members("EndpointName LocalPath StartTimeOffset EndTimeOffset", only={"S3InputMode": ("File",)}) | members(
    "S3DataDistributionType"
)
_JOB = members(
    "RoleArn StoppingCondition NetworkConfig.VpcConfig",
    kept="NetworkConfig",
)
_CLUSTER = members("ClusterConfig.InstanceCount ClusterConfig.InstanceType", kept="ClusterConfig")
_OUTPUT = members(
    "MonitoringOutputs.S3Output.S3Uri MonitoringOutputs.S3Output.LocalPath",
    kept="KmsKeyId MonitoringOutputs.S3Output.S3UploadMode",
)
_APPLICATION = members("ImageUri ContainerEntrypoint ContainerArguments")
# Each kind has some that the other has not.
_OWN = {
    "DataQuality": members("DataQualityBaselineConfig.StatisticsResource DataQualityBaselineConfig.BaseliningJobName"),
    "ModelQuality": members(
        """ModelQualityAppSpecification.ProblemType ModelQualityJobInput.GroundTruthS3Input
        ModelQualityBaselineConfig.BaseliningJobName"""
    ),
}
INLINE = (
    _JOB
    | members("Environment")
    | members("BaselineConfig.ConstraintsResource BaselineConfig.StatisticsResource BaselineConfig.BaseliningJobName")
    | _ENDPOINT.below("MonitoringInputs.EndpointInput")
    | _OUTPUT.below("MonitoringOutputConfig")
    | _CLUSTER.below("MonitoringResources")
    | _APPLICATION.below("MonitoringAppSpecification")
)


def _members(kind: str) -> Members:
    """The members of a kind's own request, which names each part after the kind."""
    return (
        _JOB
        | _OWN[kind]
        | members(f"{_NAME} {kind}AppSpecification.Environment {kind}BaselineConfig.ConstraintsResource", kept="Tags")
        | _ENDPOINT.below(f"{kind}JobInput.EndpointInput")
        | _OUTPUT.below(f"{kind}JobOutputConfig")
        | _CLUSTER.below("JobResources")
        | _APPLICATION.below(f"{kind}AppSpecification")
    )


for _kind, _noun in records.DEFINITIONS.items():
    _named = Named(_NAME, _noun)
    _new = SAGEMAKER.operation(
        f"Create{_kind}JobDefinition", on=(_named,), closed=closed.operation, members=_members(_kind)
    )
    _new(partial(create, _kind))
    SAGEMAKER.operation(f"Describe{_kind}JobDefinition", on=(_named,))(partial(describe, _kind))
    SAGEMAKER.operation(f"List{_kind}JobDefinitions")(partial(list_definitions, _kind))
    SAGEMAKER.operation(f"Delete{_kind}JobDefinition", on=(_named,))(partial(delete, _kind))


def decide_members(aws: Aws, config: Document) -> Document:
    """The members of a schedule that its configuration decides, after the checks."""
    named = "MonitoringJobDefinitionName" in config
    if named == ("MonitoringJobDefinition" in config) or (named and "MonitoringType" not in config):
        raise errors.validation(
            "Give either MonitoringJobDefinition, or MonitoringJobDefinitionName together with MonitoringType."
        )
    kind = config.get("MonitoringType", "DataQuality")
    if named and kind not in records.DEFINITIONS:
        raise errors.validation(
            f"MonitoringType {kind} cannot run on the local AWS; it knows {' and '.join(records.DEFINITIONS)}."
        )
    definition = records.definition(aws, config)
    if definition is None:
        raise errors.validation(f"The job definition {config['MonitoringJobDefinitionName']} does not exist.")
    check(aws, definition)
    source = definition["MonitoringInputs"][0]["EndpointInput"]
    times.check(config.get("ScheduleConfig", {}), source)
    return {
        "MonitoringScheduleConfig": config,
        "MonitoringType": kind,
        "EndpointName": source["EndpointName"],
        **({"MonitoringJobDefinitionName": config["MonitoringJobDefinitionName"]} if named else {}),
    }


def check(aws: Aws, definition: Document) -> None:
    """Refuse a definition whose endpoint captures nothing, or that asks for what cannot run here."""
    source = definition["MonitoringInputs"][0]
    if "EndpointInput" not in source:
        raise errors.validation("The local AWS monitors endpoints; give an EndpointInput, not a BatchTransformInput.")
    check_rules(MONITORING_RULES, definition)
    output = definition["MonitoringOutputConfig"]["MonitoringOutputs"][0]["S3Output"]
    limits.check_paths(source["EndpointInput"]["LocalPath"], output["LocalPath"])
    _check_endpoint(aws, source["EndpointInput"]["EndpointName"])
    job = definition.get("BaselineConfig", {}).get("BaseliningJobName")
    if job and find_job(aws, PROCESSING, job) is None:
        raise errors.validation(f"The baselining job {job} does not exist.")


def _check_endpoint(aws: Aws, name: str) -> None:
    endpoint = endpoints.find(aws, name)
    if endpoint is None:
        raise errors.validation(f'Could not find endpoint "{aws.arn("endpoint", name.lower())}".')
    if not endpoint.get("DataCaptureConfig", {}).get("EnableCapture"):
        raise errors.validation(f'Data capture is not enabled for endpoint "{endpoint["EndpointArn"]}".')

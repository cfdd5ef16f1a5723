"""Pipelines: a name, a role and a definition. Create, Update, Describe, List and Delete."""

from __future__ import annotations

from botocore.exceptions import ClientError

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.engine import caching, callbacks, experiments, parameters, records, requests
from localaws.engine.definition import parse
from localaws.names import bare
from localaws.operations import SAGEMAKER, Named
from localaws.records import pipeline_versions as versions
from localaws.records import tags
from localaws.refusals import all_but, members
from localaws.shapes import Document, project_as

KIND = versions.PIPELINE
_ORDER = listing.Order({"Name": "PipelineName", "CreationTime": "CreationTime"})
_LARGEST = 1024 * 1024
PIPELINE = Named("PipelineName", KIND, keeps_case=True)


_HONOURED = "PipelineName PipelineDefinition PipelineDefinitionS3Location RoleArn ParallelismConfiguration"
_KEPT = "PipelineDisplayName PipelineDescription"


@SAGEMAKER.operation(
    "CreatePipeline", on=(PIPELINE,), members=members(f"{_HONOURED} ClientRequestToken", kept=f"{_KEPT} Tags")
)
def create_pipeline(aws: Aws, request: Document) -> Document:
    """Check the definition and store it as version 1; the same client token again answers the same pipeline."""
    name = request["PipelineName"]
    arn = aws.arn("pipeline", name)
    definition = _definition(aws, request)
    with aws.store.transaction():
        existing = aws.store.get(KIND, name)
        if existing and existing.get("ClientRequestToken") == request["ClientRequestToken"]:
            return {"PipelineArn": arn}
        if existing:
            # The SDK's Pipeline.upsert expects these very words before it updates.
            raise errors.validation(
                "Pipeline names must be unique within an AWS account and region. "
                f"Pipeline with name ({name}) already exists."
            )
        document = {
            "PipelineDisplayName": name,
            **{key: value for key, value in request.items() if not key.startswith("PipelineDefinition")},
            "PipelineArn": arn,
            "PipelineStatus": "Active",
            "CreationTime": now(),
            "LastModifiedTime": now(),
            "CreatedBy": {},
            "LastModifiedBy": {},
        }
        aws.store.put(KIND, name, document | {versions.ID: versions.add(aws, document, definition)})
        tags.tag_new(aws, arn, request)
    return {"PipelineArn": arn}


@SAGEMAKER.operation("UpdatePipeline", on=(PIPELINE,), members=members(_HONOURED, kept=_KEPT))
def update_pipeline(aws: Aws, request: Document) -> Document:
    """Change a pipeline, whose changed definition is its next version; executions that run keep theirs."""
    with aws.store.transaction():
        document = find(aws, request["PipelineName"])
        changes = {name: value for name, value in request.items() if not name.startswith("PipelineDefinition")}
        number = document[versions.ID]
        if "PipelineDefinition" in request or "PipelineDefinitionS3Location" in request:
            definition = _definition(aws, request)
            if definition != versions.get(aws, document)["PipelineDefinition"]:
                number = versions.add(aws, document, definition)
        changes[versions.ID] = number
        aws.store.update(KIND, document["PipelineName"], **changes, LastModifiedTime=now())
    return {"PipelineArn": document["PipelineArn"], versions.ID: number}


@SAGEMAKER.operation("DescribePipeline", on=(PIPELINE,))
def describe_pipeline(aws: Aws, request: Document) -> Document:
    """A pipeline with the definition, the name and the description of a version, the latest where none is named."""
    pipeline = find(aws, request["PipelineName"])
    version = versions.get(aws, pipeline, request.get(versions.ID))
    of_version = ("PipelineDefinition", "PipelineVersionDisplayName", "PipelineVersionDescription")
    return {**pipeline, **{name: version[name] for name in of_version if name in version}}


@SAGEMAKER.operation("ListPipelines")
def list_pipelines(aws: Aws, request: Document) -> Document:
    """Pipelines, newest first."""
    prefix = request.get("PipelineNamePrefix", "")
    chosen, more = listing.page(request, aws.store.all(KIND, prefix), _ORDER, "PipelineName")
    summaries = [
        {
            **project_as("PipelineSummary", item),
            **({"LastExecutionTime": item["LastRunTime"]} if "LastRunTime" in item else {}),
        }
        for item in chosen
    ]
    return {"PipelineSummaries": summaries, **more}


@SAGEMAKER.operation("DeletePipeline", on=(PIPELINE,), members=all_but(kept="ClientRequestToken"))
def delete_pipeline(aws: Aws, request: Document) -> Document:
    """Remove a pipeline that has no running execution, and with it its versions and executions, as AWS does."""
    with aws.store.transaction():
        document = find(aws, request["PipelineName"])
        executions = aws.store.all(records.EXECUTION, f"{document['PipelineArn']}/")
        running = [
            item["PipelineExecutionArn"]
            for item in executions
            if item["PipelineExecutionStatus"] in ("Executing", "Stopping")
        ]
        if running:
            raise errors.conflict(f"The pipeline cannot be deleted while these executions run: {', '.join(running)}.")
        for item in executions:
            records.forget(aws, item["PipelineExecutionArn"])
            callbacks.forget(aws, item["PipelineExecutionArn"])
        versions.forget(aws, document)
        caching.forget(aws.store, document["PipelineName"])
        aws.store.delete(KIND, document["PipelineName"])
        tags.forget(aws, document["PipelineArn"])
    return {"PipelineArn": document["PipelineArn"]}


def find(aws: Aws, name_or_arn: str) -> Document:
    """The pipeline, or the error that AWS answers."""
    arn = name_or_arn if name_or_arn.startswith("arn:") else aws.arn("pipeline", name_or_arn)
    document = aws.store.get(KIND, bare(arn))
    if document is None or document["PipelineArn"] != arn:
        raise errors.not_found(f"Pipeline '{arn}' does not exist.")
    return document


def _definition(aws: Aws, request: Document) -> str:
    if ("PipelineDefinition" in request) == ("PipelineDefinitionS3Location" in request):
        raise errors.validation("Give either PipelineDefinition or PipelineDefinitionS3Location, and not both.")
    text = request.get("PipelineDefinition") or _from_s3(aws, request["PipelineDefinitionS3Location"])
    definition = parse(text)
    parameters.check_declarations(definition.parameters)
    experiments.check_config(text, {parameter["Name"]: parameter for parameter in definition.parameters})
    requests.check_arguments(definition)
    return text


def _from_s3(aws: Aws, location: Document) -> str:
    place = {"Bucket": location["Bucket"], "Key": location["ObjectKey"]}
    if "VersionId" in location:
        place["VersionId"] = location["VersionId"]
    try:
        body: bytes = aws.clients.s3.get_object(**place)["Body"].read(_LARGEST + 1)
    except ClientError as error:
        raise errors.validation(
            f"The definition s3://{place['Bucket']}/{place['Key']} cannot be read: {error}"
        ) from error
    if len(body) > _LARGEST:
        raise errors.validation(f"The pipeline definition is larger than {_LARGEST} bytes.")
    return body.decode("utf-8")

"""Executions of a pipeline: Start, Describe, List, Update, Stop, Retry, and what they were started with."""

from __future__ import annotations

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.engine import executor, experiments, parameters, records, selection
from localaws.engine.definition import parse
from localaws.names import identifier
from localaws.operations import SAGEMAKER, Named
from localaws.records import pipeline_versions as versions
from localaws.refusals import all_but, members, rule
from localaws.sagemaker import pipelines
from localaws.sagemaker.pipelines import PIPELINE
from localaws.shapes import Document, project_as

_EXECUTIONS = listing.Order({"CreationTime": "CreationTime", "PipelineExecutionArn": "PipelineExecutionArn"})
_STEPS = listing.Order({"StartTime": "StartTime"}, by="StartTime")
_NOT_KEPT = ("PipelineParameters", "ClientRequestToken", "Began")
_ENDED = ("Succeeded", "Failed", "Stopped")
EXECUTION = Named("PipelineExecutionArn", "pipeline")


@rule(
    "A parameter that is given a value is given some; a default may be empty",
    "https://github.com/aws/sagemaker-python-sdk/issues/4016; "
    "https://github.com/aws/sagemaker-python-sdk/issues/3564 (defaults)",
)
def _values_are_not_empty(request: Document) -> str | None:
    if any(item["Value"] == "" for item in request.get("PipelineParameters") or []):
        return '[string "" is too short (length: 0, required minimum: 1)]'
    return None


@SAGEMAKER.operation(
    "StartPipelineExecution",
    on=(PIPELINE,),
    checks=(_values_are_not_empty,),
    emits=records.EXECUTION_EVENT,
    members=members(
        "PipelineName PipelineParameters ClientRequestToken ParallelismConfiguration SelectiveExecutionConfig "
        "PipelineVersionId",
        kept="PipelineExecutionDisplayName PipelineExecutionDescription",
    ),
)
def start_pipeline_execution(aws: Aws, request: Document) -> Document:
    """Bind a version's parameters and begin; the same client token again answers the same execution.

    A schedule's request has `Began` as well: when the execution believes that it is started, in seconds.
    """
    pipeline = pipelines.find(aws, request["PipelineName"])
    name, token = pipeline["PipelineName"], f"{pipeline['PipelineName']}/{request['ClientRequestToken']}"
    with aws.store.transaction():
        known = aws.store.get("client-token", token)
        if known and aws.store.get(records.EXECUTION, known["PipelineExecutionArn"]):
            return {"PipelineExecutionArn": known["PipelineExecutionArn"]}
        version = versions.get(aws, pipeline, request.get(versions.ID))
        definition = parse(version["PipelineDefinition"])
        values = parameters.bind(definition.parameters, request.get("PipelineParameters", []))
        selective: Document = request.get("SelectiveExecutionConfig", {})
        reused = selection.list_reused(aws, pipeline["PipelineArn"], definition, selective) if selective else []
        arn = f"{pipeline['PipelineArn']}/execution/{identifier()}"
        document = {
            "PipelineExecutionDisplayName": f"execution-{int(now() * 1000)}",
            **({"ParallelismConfiguration": limits} if (limits := pipeline.get("ParallelismConfiguration")) else {}),
            **{key: value for key, value in request.items() if key not in _NOT_KEPT},
            "PipelineArn": pipeline["PipelineArn"],
            "RoleArn": pipeline["RoleArn"],
            versions.ID: version[versions.ID],
            "PipelineExecutionArn": arn,
            "PipelineExecutionStatus": "Executing",
            "Parameters": values,
            "CreationTime": round(request.get("Began", now()), 3),
            "LastModifiedTime": now(),
            "CreatedBy": {},
            "LastModifiedBy": {},
        }
        document |= experiments.begin(aws, version["PipelineDefinition"], values, records.list_variables(document))
        aws.store.put(records.EXECUTION, arn, document)
        records.keep_definition(aws, arn, version["PipelineDefinition"])
        versions.change(aws, pipeline, version[versions.ID], LastExecutedPipelineExecutionArn=arn)
        selection.keep_reused(aws, arn, selective.get("SourcePipelineExecutionArn", ""), reused)
        aws.store.put("client-token", token, {"PipelineExecutionArn": arn})
        aws.store.update(pipelines.KIND, name, LastRunTime=document["CreationTime"])
        records.announce_execution(aws, document, None)
    executor.start(aws, arn)
    return {"PipelineExecutionArn": arn}


@SAGEMAKER.operation("DescribePipelineExecution", on=(EXECUTION,))
def describe_pipeline_execution(aws: Aws, request: Document) -> Document:
    """An execution's status, and why it failed."""
    return _find(aws, request["PipelineExecutionArn"])


@SAGEMAKER.operation(
    "UpdatePipelineExecution",
    on=(EXECUTION,),
    members=members(
        "PipelineExecutionArn PipelineExecutionDisplayName PipelineExecutionDescription ParallelismConfiguration"
    ),
)
def update_pipeline_execution(aws: Aws, request: Document) -> Document:
    """Name or describe an execution, or change how many of its steps may run at once, from the next start of one on."""
    arn = request["PipelineExecutionArn"]
    with aws.store.transaction():
        _find(aws, arn)
        aws.store.update(records.EXECUTION, arn, **request, LastModifiedTime=now())
    return {"PipelineExecutionArn": arn}


@SAGEMAKER.operation("ListPipelineExecutions", on=(PIPELINE,))
def list_pipeline_executions(aws: Aws, request: Document) -> Document:
    """The executions of a pipeline, newest first."""
    arn = pipelines.find(aws, request["PipelineName"])["PipelineArn"]
    documents = aws.store.all(records.EXECUTION, f"{arn}/")
    chosen, more = listing.page(request, documents, _EXECUTIONS, "PipelineExecutionArn")
    return {"PipelineExecutionSummaries": [_summary(item) for item in chosen], **more}


@SAGEMAKER.operation("ListPipelineExecutionSteps", on=(EXECUTION,))
def list_pipeline_execution_steps(aws: Aws, request: Document) -> Document:
    """The steps that have been started, newest first."""
    arn = _find(aws, request.get("PipelineExecutionArn", ""))["PipelineExecutionArn"]
    steps = list(records.steps(aws, arn).values())
    chosen, more = listing.page(request, steps, _STEPS, "StepName")
    return {"PipelineExecutionSteps": [project_as("PipelineExecutionStep", item) for item in chosen], **more}


@SAGEMAKER.operation("ListPipelineParametersForExecution", on=(EXECUTION,))
def list_pipeline_parameters(aws: Aws, request: Document) -> Document:
    """The value of every parameter of an execution, as text."""
    document = _find(aws, request["PipelineExecutionArn"])
    chosen, more = listing.page(
        request,
        parameters.listed(document["Parameters"]),
        listing.Order({"Name": "Name"}, "Name", "Ascending"),
        "Name",
    )
    return {"PipelineParameters": chosen, **more}


@SAGEMAKER.operation("DescribePipelineDefinitionForExecution", on=(EXECUTION,))
def describe_definition(aws: Aws, request: Document) -> Document:
    """The definition that the execution was started with."""
    document = _find(aws, request["PipelineExecutionArn"])
    text = records.definition(aws, document["PipelineExecutionArn"])
    return {"PipelineDefinition": text, "CreationTime": document["CreationTime"]}


@SAGEMAKER.operation(
    "StopPipelineExecution",
    on=(EXECUTION,),
    emits=records.EXECUTION_EVENT,
    members=all_but(kept="ClientRequestToken"),
)
def stop_pipeline_execution(aws: Aws, request: Document) -> Document:
    """Ask a running execution to stop: its running jobs are stopped, no further step starts."""
    arn = request["PipelineExecutionArn"]
    # One transaction, or an execution that ends between the read and the change would be Stopping for ever.
    with aws.store.transaction():
        status = _find(aws, arn)["PipelineExecutionStatus"]
        if status in _ENDED:
            raise errors.validation(f"Only an execution that is Executing can be stopped; {arn} is {status}.")
        if status == "Executing":
            records.change_execution(aws, arn, "Stopping")
    aws.tasks.stop(arn)
    return {"PipelineExecutionArn": arn}


@SAGEMAKER.operation(
    "RetryPipelineExecution",
    on=(EXECUTION,),
    emits=records.EXECUTION_EVENT,
    members=members("PipelineExecutionArn ClientRequestToken ParallelismConfiguration"),
)
def retry_pipeline_execution(aws: Aws, request: Document) -> Document:
    """Run a failed or stopped execution again from where it ended; steps that succeeded are not run again."""
    arn = request["PipelineExecutionArn"]
    with aws.store.transaction():
        status = _find(aws, arn)["PipelineExecutionStatus"]
        token = f"retry/{arn}/{request['ClientRequestToken']}"
        if aws.store.get("client-token", token):
            return {"PipelineExecutionArn": arn}
        if status not in ("Failed", "Stopped"):
            raise errors.validation(f"Only an execution that is Failed or Stopped can be retried; {arn} is {status}.")
        aws.store.put("client-token", token, {"PipelineExecutionArn": arn})
        if "ParallelismConfiguration" in request:
            aws.store.update(records.EXECUTION, arn, ParallelismConfiguration=request["ParallelismConfiguration"])
        records.change_execution(aws, arn, "Executing")
    aws.tasks.join(arn)
    executor.start(aws, arn)
    return {"PipelineExecutionArn": arn}


def _find(aws: Aws, arn: str) -> Document:
    document = aws.store.get(records.EXECUTION, arn)
    if document is None:
        raise errors.not_found(f"Pipeline execution with ARN ({arn}) does not exist.")
    return document


def _summary(document: Document) -> Document:
    reason = {"PipelineExecutionFailureReason": document["FailureReason"]} if "FailureReason" in document else {}
    return {
        **project_as("PipelineExecutionSummary", document),
        "StartTime": document["CreationTime"],
        **reason,
    }

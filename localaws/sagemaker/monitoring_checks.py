"""What AWS, or this local AWS, refuses in a MonitoringScheduleConfig or job definition beyond its shape."""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws
from localaws.monitoring import records, times
from localaws.records import endpoints
from localaws.refusals import check_rules
from localaws.sagemaker import limits
from localaws.sagemaker.rules.jobs import MONITORING_RULES
from localaws.shapes import Document

# The scripts and the baselining job belong to AWS's own analyzer image, which cannot run here.
_SCRIPTS = ("RecordPreprocessorSourceUri", "PostAnalyticsProcessorSourceUri")


def describe(aws: Aws, config: Document) -> Document:
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
    application = definition["MonitoringAppSpecification"]
    given = [name for name in _SCRIPTS if name in application]
    if "BaseliningJobName" in definition.get("BaselineConfig", {}):
        given.append("BaseliningJobName")
    if given:
        raise errors.validation(f"{' and '.join(given)} belong to AWS's own analyzer image, which cannot run here.")
    check_rules(MONITORING_RULES, definition)
    output = definition["MonitoringOutputConfig"]["MonitoringOutputs"][0]["S3Output"]
    limits.check_paths(source["EndpointInput"]["LocalPath"], output["LocalPath"])
    _check_endpoint(aws, source["EndpointInput"]["EndpointName"])


def _check_endpoint(aws: Aws, name: str) -> None:
    endpoint = endpoints.find(aws, name)
    if endpoint is None:
        raise errors.validation(f'Could not find endpoint "{aws.arn("endpoint", name.lower())}".')
    if not endpoint.get("DataCaptureConfig", {}).get("EnableCapture"):
        raise errors.validation(f'Data capture is not enabled for endpoint "{endpoint["EndpointArn"]}".')

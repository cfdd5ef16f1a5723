"""ListMonitoringExecutions: what schedules have run, also those that were deleted."""

from __future__ import annotations

from localaws import listing
from localaws.aws import Aws
from localaws.monitoring import records
from localaws.operations import SAGEMAKER
from localaws.shapes import Document, project_as

_ORDER = listing.Order(
    {"CreationTime": "CreationTime", "ScheduledTime": "ScheduledTime", "Status": "MonitoringExecutionStatus"}
)
_EQUALS = {
    "MonitoringScheduleName": "MonitoringScheduleName",
    "EndpointName": "EndpointName",
    "StatusEquals": "MonitoringExecutionStatus",
    "MonitoringJobDefinitionName": "MonitoringJobDefinitionName",
    "MonitoringTypeEquals": "MonitoringType",
}


@SAGEMAKER.operation("ListMonitoringExecutions")
def list_monitoring_executions(aws: Aws, request: Document) -> Document:
    """Executions, newest first."""
    found = records.executions(aws, request.get("MonitoringScheduleName", ""))
    chosen, more = listing.page(request, found, _ORDER, "Key", _EQUALS)
    return {
        "MonitoringExecutionSummaries": [project_as("MonitoringExecutionSummary", item) for item in chosen],
        **more,
    }

"""Wait for an execution's end, and say why it failed."""

import time
from dataclasses import dataclass

from pipelines.clients import Client

FINAL = {"Succeeded", "Failed", "Stopped"}


@dataclass(frozen=True)
class Ending:
    """How an execution ended: Succeeded, Failed or Stopped, and the reason in SageMaker's words."""

    status: str
    reason: str

    @property
    def good(self) -> bool:
        return self.status == "Succeeded"


def wait_for_execution(sagemaker: Client, arn: str, longest_pause: float = 10.0) -> Ending:
    """Ask until the execution ends: at first every second, for a run from the cache, then ever less often."""
    pause = min(1.0, longest_pause)
    while True:
        execution = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        if execution["PipelineExecutionStatus"] in FINAL:
            reason = _failed_step(sagemaker, arn) or execution.get("FailureReason", "")
            return Ending(execution["PipelineExecutionStatus"], reason)
        time.sleep(pause)
        pause = min(pause * 1.5, longest_pause)


def _failed_step(sagemaker: Client, arn: str) -> str:
    """Return `<step>: <reason>` of the step that failed; the execution's own reason rarely tells."""
    for page in sagemaker.get_paginator("list_pipeline_execution_steps").paginate(PipelineExecutionArn=arn):
        for step in page["PipelineExecutionSteps"]:
            if step["StepStatus"] == "Failed":
                return f"{step['StepName']}: {step.get('FailureReason', 'no reason given')}"
    return ""

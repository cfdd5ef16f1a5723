"""A pipeline of cheap steps: two jobs, and a version whose program answers at once."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]
GROUP = "scones-vehicles"
ANSWER = b"[0.96, 0.04]"
# A job records its begin and end; each line is one write, so lines do not mix.
_JOB = """
import os, sys, time
def note(word):
    with open("/opt/ml/ledger", "a") as ledger:
        ledger.write(f"{os.environ['RUN']} {sys.argv[1]} {word}\\n")
note("begin")
time.sleep(0.3)
note("end")
"""


def definition(role: str) -> Document:
    """Two jobs, one after the other, and a version that is registered."""
    container = {
        "Image": "tiny:1",
        # A program's environment says which run its version comes from.
        "Environment": {"VERSION": {"Get": "Execution.PipelineExecutionId"}, "ANSWER": ANSWER.decode()},
        # From which refresh_workflow takes the workflow's image size.
        "ModelInput": {"DataInputConfig": '{"data":[1,3,28,28]}'},
    }
    register = {
        "ModelPackageGroupName": GROUP,
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["image/png"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
        "CustomerMetadataProperties": {"execution_id": {"Get": "Execution.PipelineExecutionId"}},
    }
    steps = [
        {"Name": "First", "Type": "Processing", "Arguments": _processing(role, "First")},
        {
            "Name": "Second",
            "Type": "Processing",
            "Arguments": _processing(role, "Second"),
            "DependsOn": ["First"],
        },
        {"Name": "Register", "Type": "RegisterModel", "Arguments": register, "DependsOn": ["Second"]},
    ]
    return {"Version": "2020-12-01", "Parameters": [], "Steps": steps}


def _processing(role: str, step: str) -> Document:
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
    return {
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {
            "ImageUri": "any:1",
            "ContainerEntrypoint": ["python3", "-S", "-c", _JOB],
            "ContainerArguments": [step],
        },
        "Environment": {"RUN": {"Get": "Execution.PipelineExecutionId"}},
        "RoleArn": role,
    }

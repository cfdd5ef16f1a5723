"""Functions and state machines in the shape in which students write them in a first project, made by the console.

The console's states name a function by its version, pass the state's input on as its event, and retry Lambda's own
errors; older ones name the function's ARN alone.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

from tests.e2e.laptop import Laptop

Document = dict[str, Any]
FOLDER = Path(__file__).parent
FUNCTIONS = (
    "serialize_image",
    "classify_by_predictor",
    "classify_by_runtime",
    "filter_by_text",
    "filter_by_exception",
)
_RETRY = [
    {
        "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
        ],
        "IntervalSeconds": 1,
        "MaxAttempts": 3,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
    }
]


def deploy(laptop: Laptop, endpoint_url: str) -> tuple[str, dict[str, str]]:
    """Make the functions as they stand in their files; a role for their machines, and their ARNs by name."""
    role = laptop.role("students", "lambda", "states")
    client, made = laptop.client("lambda"), {}
    for name in FUNCTIONS:
        made[name] = client.create_function(
            FunctionName=f"students-{name}",
            Runtime="python3.11",
            Role=role,
            Handler="lambda_function.lambda_handler",
            Code={"ZipFile": _zipped((FOLDER / f"{name}.py").read_text(encoding="utf-8"))},
            Environment={"Variables": {"AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": endpoint_url}},
            Timeout=60,
        )["FunctionArn"]
    return role, made


def _zipped(source: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("lambda_function.py", source)
    return content.getvalue()


def console_machine(*functions: str, output: str = "$.Payload") -> Document:
    """The states that the console draws: a call of Lambda's API, of which the payload is passed on."""
    names = [f"Lambda Invoke {number}" for number in range(len(functions))]
    states = {
        name: {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "OutputPath": output,
            "Parameters": {"Payload.$": "$", "FunctionName": f"{function}:$LATEST"},
            "Retry": _RETRY,
            **({"Next": names[number + 1]} if number + 1 < len(names) else {"End": True}),
        }
        for number, (name, function) in enumerate(zip(names, functions, strict=True))
    }
    return {"Comment": "A description of my state machine", "StartAt": names[0], "States": states}


def plain_machine(*functions: str) -> Document:
    """States that name functions by their ARN."""
    names = [f"Step {number}" for number in range(len(functions))]
    states = {
        name: {
            "Type": "Task",
            "Resource": function,
            **({"Next": names[number + 1]} if number + 1 < len(names) else {"End": True}),
        }
        for number, (name, function) in enumerate(zip(names, functions, strict=True))
    }
    return {"StartAt": names[0], "States": states}


def run(laptop: Laptop, name: str, definition: Document, role: str, given: Document) -> Document:
    """Make a machine, start it and wait for its end."""
    client = laptop.client("stepfunctions")
    arn = client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=arn, input=json.dumps(given))["executionArn"]
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        said: Document = client.describe_execution(executionArn=execution)
        if said["status"] != "RUNNING":
            return said
        time.sleep(0.1)
    raise AssertionError(f"{execution} still runs")

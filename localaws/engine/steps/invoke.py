"""Lambda steps: call a function with the arguments and read its declared outputs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from botocore.exceptions import ClientError

from localaws.engine import outputs, references
from localaws.engine.context import Run, StepContext
from localaws.engine.retries import Failure, of_code
from localaws.errors import AwsError
from localaws.shapes import Document


def invoke(context: StepContext) -> Document:
    """Invoke the function and wait for its answer, a JSON object that holds the declared outputs."""
    function = context.arguments["FunctionArn"]
    context.record({"Lambda": {"Arn": function}})
    try:
        answer = context.acting.clients.get("lambda").invoke(
            FunctionName=function, Payload=json.dumps(context.arguments["Payload"]).encode()
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise of_code(code, f"ClientError: Failed to invoke {function}: {error}") from error
    payload = answer["Payload"].read().decode("utf-8", errors="replace")
    if answer.get("FunctionError"):
        raise Failure(f"ClientError: The function {function} failed: {payload[:800]}")
    declared = context.step.body.get("OutputParameters", [])
    listed = _list_outputs(declared, payload)
    context.record({"Lambda": {"Arn": function, "OutputParameters": listed}})
    try:
        return {"OutputParameters": outputs.type_outputs(declared, listed)}
    except AwsError as error:
        raise Failure(f"ClientError: {error.message}") from error


def _list_outputs(declared: Sequence[Document], payload: str) -> list[Document]:
    """The declared outputs of an answer, each as text: what is no text is its JSON."""
    names = [item["OutputName"] for item in declared]
    parsed = json.loads(payload or "null") if names else None
    answered: Document = parsed if isinstance(parsed, dict) else {}
    missing = [name for name in names if answered.get(name) is None]
    if missing:
        raise Failure(f"ClientError: The function's answer lacks the declared outputs {', '.join(missing)}.")
    return [{"Name": name, "Value": references.write_text(answered[name])} for name in names]


RUNS: dict[str, Run] = {"Lambda": invoke}

"""Lambda steps: call a function with the arguments and read its declared outputs."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from localaws.engine.context import Run, StepContext
from localaws.engine.retries import Failure, of_code
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
    outputs = _outputs(context, payload)
    context.record({"Lambda": {"Arn": function, "OutputParameters": _listed(outputs)}})
    return {"OutputParameters": outputs}


def _outputs(context: StepContext, payload: str) -> Document:
    declared = [item["OutputName"] for item in context.step.body.get("OutputParameters", [])]
    if not declared:
        return {}
    answered = json.loads(payload or "null")
    missing = [name for name in declared if not isinstance(answered, dict) or name not in answered]
    if missing:
        raise Failure(f"ClientError: The function's answer lacks the declared outputs {', '.join(missing)}.")
    return {name: answered[name] for name in declared}


def _listed(outputs: Document) -> list[Document]:
    return [{"Name": name, "Value": str(value)} for name, value in outputs.items()]


RUNS: dict[str, Run] = {"Lambda": invoke}

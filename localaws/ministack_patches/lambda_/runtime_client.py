"""What a function's process makes of an answer and of a broken module, as AWS's runtime client for Python does.

It is written into MiniStack's worker, whose Python may be the function's own: it imports the standard library alone.
The judge is awslambdaric (https://github.com/aws/aws-lambda-python-runtime-interface-client), of which
`lambda_runtime_marshaller` writes answers and `bootstrap` names faults.
"""

from __future__ import annotations

import decimal
import gc
import importlib
import json
import math
from types import ModuleType
from typing import Any


class Fault(Exception):
    """What the runtime itself reports; `kind` is its errorType."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind


def load(module: str) -> ModuleType:
    """Import a function's module; a look for garbage among all that it imports takes a tenth of a cold start."""
    usual = gc.get_threshold()
    gc.set_threshold(0)
    try:
        return importlib.import_module(module)
    finally:
        if not gc.get_threshold()[0]:  # unless the module has chosen its own
            gc.set_threshold(*usual)


def plain(answer: Any) -> Any:  # noqa: ANN401 - whatever a handler returns
    """An answer as JSON has it; raises Fault where the runtime client cannot write it.

    Bytes are text, a Decimal a number and a named tuple an object, as simplejson has them.
    """
    try:
        if isinstance(answer, bytes):
            return json.loads(answer)  # the bytes are the payload itself
        found = _plain(answer)
        json.dumps(found)
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: " + str(error)) from None
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, decimal.Decimal):
        return math.nan if value.is_nan() else json.loads(str(value))
    if isinstance(value, dict):
        return {key.decode("utf-8") if isinstance(key, bytes) else key: _plain(item) for key, item in value.items()}
    named = getattr(value, "_asdict", None) if isinstance(value, tuple) else None
    if callable(named):
        return _plain(named())
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError("Object of type " + type(value).__name__ + " is not JSON serializable")


def fault_of(error: BaseException, module: str, handler: str) -> dict[str, str]:
    """The errorType and errorMessage of a module that cannot be imported, or that lacks its handler."""
    if isinstance(error, ImportError):
        return _fault("Runtime.ImportModuleError", "Unable to import module '" + module + "': " + str(error))
    if isinstance(error, SyntaxError):
        return _fault("Runtime.UserCodeSyntaxError", "Syntax error in module '" + module + "': " + str(error))
    missing = isinstance(error, AttributeError) and getattr(error, "name", None) == handler
    if missing and type(getattr(error, "obj", None)).__name__ == "module":
        return _fault("Runtime.HandlerNotFound", "Handler '" + handler + "' missing on module '" + module + "'")
    return _fault(type(error).__name__, str(error))


def _fault(kind: str, words: str) -> dict[str, str]:
    return {"errorType": kind, "errorMessage": words}

"""One request through the user's functions, and the framework's where the user has none."""

from __future__ import annotations

import inspect
import json
import os
import traceback
from dataclasses import dataclass
from http import HTTPStatus
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from localaws.inference_toolkit.formats import ANY, JSON, TEXTS, UnsupportedFormatError
from localaws.inference_toolkit.user_module import base_directory
from localaws.inference_toolkit.web import Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

    from localaws.inference_toolkit.frameworks.framework import Framework

_STAGES = ("input_fn", "predict_fn", "output_fn")


@dataclass(frozen=True)
class _Request:
    body: Any
    content_type: str | None
    accept: str


class Handler:
    """A loaded model with its functions."""

    def __init__(self, framework: Framework, module: ModuleType | None) -> None:
        self._framework = framework
        self._context = SimpleNamespace(
            system_properties={"model_dir": str(base_directory() / "model"), "gpu_id": None, "batch_size": 1},
            manifest={},
        )
        self._transform = getattr(module, "transform_fn", None)
        given = {name: getattr(module, name, None) for name in _STAGES}
        if self._transform and any(given.values()):
            raise ValueError("Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn")
        self._input, self._predict, self._output = (given[name] or getattr(framework, name) for name in _STAGES)
        self._describe: Callable[[], Any] | None = getattr(module, "execution_parameters_fn", None)
        load = getattr(module, "model_fn", None) or framework.model_fn
        self._model = self._call(load, str(base_directory() / "model"))

    def describe(self) -> Answer | None:
        """What `execution_parameters_fn` says."""
        return None if self._describe is None else self._finish(self._describe(), JSON)

    def answer(self, body: bytes, headers: Message) -> Answer:
        """Answer one request; what a function raises becomes an answer that names it."""
        content_type = headers.get("Content-Type", self._framework.content_type)
        accept = headers.get("Accept", ANY)
        if not accept or accept == ANY:
            accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON)
        try:
            text = body.decode("utf-8") if content_type in TEXTS else body
            return self._run(_Request(text, content_type, accept))
        except Exception as error:
            print(traceback.format_exc(), flush=True)
            return self._framework.describe_error(error)

    def _run(self, request: _Request) -> Answer:
        if self._transform:
            result = self._call(self._transform, self._model, request.body, request.content_type, request.accept)
            return self._finish(result, request.accept)
        try:
            data = self._call(self._input, request.body, request.content_type)
        except UnsupportedFormatError as error:
            return self._refuse(error, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        prediction = self._call(self._predict, data, self._model)
        try:
            return self._finish(self._call(self._output, prediction, request.accept), request.accept)
        except UnsupportedFormatError as error:
            return self._refuse(error, HTTPStatus.NOT_ACCEPTABLE)

    def _refuse(self, error: UnsupportedFormatError, status: HTTPStatus) -> Answer:
        if not self._framework.tells_formats:
            raise error
        body = {
            "error": type(error).__name__,
            "error-message": str(error),
            "stack-trace": traceback.format_exc(),
        }
        return Answer(json.dumps(body).encode(), JSON, status)

    def _finish(self, result: Any, accept: str) -> Answer:
        """What a function returned as an answer: a body, a body with its content type, or a response object."""
        if isinstance(result, Answer):
            return result
        if isinstance(result, (tuple, list)) and len(result) == 2 and isinstance(result[1], str):
            return Answer(_to_bytes(result[0]), result[1])
        if hasattr(result, "get_data"):
            # flask's, which scripts for the scikit-learn image return.
            return Answer(result.get_data(), result.content_type or JSON, result.status_code)
        return Answer(_to_bytes(result), accept)

    def _call(self, function: Callable[..., Any], *given: Any) -> Any:
        """Call a function that may take the context as one more argument."""
        try:
            wanted = len(inspect.signature(function).parameters)
        except (TypeError, ValueError):
            wanted = len(given)
        if wanted == len(given) + 1:
            return function(*given, self._context)
        return function(*given)


def _to_bytes(result: Any) -> bytes:
    if isinstance(result, (bytes, bytearray)):
        return bytes(result)
    if isinstance(result, str):
        return result.encode()
    raise TypeError(
        f"output_fn or transform_fn returned {type(result).__name__}; return text, bytes, or (body, content type)."
    )

"""Users' functions, and each framework's where a user has none."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from email.message import Message
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from localaws.inference_toolkit.frameworks.framework import Framework
from localaws.inference_toolkit.frameworks.huggingface import HuggingFace
from localaws.inference_toolkit.frameworks.sklearn import ScikitLearn
from localaws.inference_toolkit.handler import Handler
from localaws.inference_toolkit.user_module import FOR_SCRIPTS
from localaws.inference_toolkit.web import Answer


class Doubling:
    """A model as scikit-learn has it."""

    def predict(self, rows: Any) -> Any:
        if rows.ndim != 2:
            raise ValueError(f"Expected 2D array, got {rows.ndim}D array instead")
        return rows.sum(axis=1) * 2


@pytest.fixture(autouse=True)
def _base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OPT_ML", str(tmp_path))
    yield


def module(**functions: Any) -> ModuleType:
    made = ModuleType("inference")
    vars(made).update({"model_fn": lambda _: Doubling(), **functions})
    return made


def ask(
    framework: Framework, functions: ModuleType | None, body: bytes, content_type: str = "", accept: str = ""
) -> Answer:
    headers = Message()
    if content_type:
        headers["Content-Type"] = content_type
    if accept:
        headers["Accept"] = accept
    return Handler(framework, functions).answer(body, headers)


def npy(array: Any) -> bytes:
    buffer = BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "expected", "kind"),
    [
        (b"[[1, 2], [3, 4]]", "application/json", "", b"[6.0, 14.0]", "application/json"),
        (b"[[1, 2], [3, 4]]", "", "", b"[6.0, 14.0]", "application/json"),
        (b"1,2\n3,4\n", "text/csv", "text/csv", b"6.0\n14.0\n", "text/csv"),
        (npy([[1.0, 2.0]]), "application/x-npy", "application/x-npy", npy([6.0]), "application/x-npy"),
    ],
)
def test_scikit_learn_s_defaults_read_ask_and_write(
    body: bytes, content_type: str, accept: str, expected: bytes, kind: str
) -> None:
    answer = ask(ScikitLearn(), module(), body, content_type, accept)
    assert (answer.status, answer.body, answer.content_type) == (200, expected, kind)


def test_scikit_learn_takes_one_row_of_csv_for_a_vector_as_its_image_does() -> None:
    answer = ask(ScikitLearn(), module(), b"1,2\n", "text/csv")
    assert answer.status == 500
    assert b"Expected 2D array, got 1D array instead" in answer.body


@pytest.mark.parametrize(
    ("content_type", "accept", "status"), [("image/png", "", 415), ("application/json", "image/png", 406)]
)
def test_scikit_learn_says_which_format_it_has_not(content_type: str, accept: str, status: int) -> None:
    answer = ask(ScikitLearn(), module(), b"[[1]]", content_type, accept)
    assert answer.status == status
    said = json.loads(answer.body)
    assert said["error"] == "UnsupportedFormatError"
    assert "Content type image/png is not supported by this framework" in said["error-message"]


def test_an_array_of_objects_is_not_unpickled() -> None:
    answer = ask(ScikitLearn(), module(), npy(np.array([{}], dtype=object)), "application/x-npy")
    assert answer.status == 500
    assert b"allow_pickle=False" in answer.body


def test_a_user_s_functions_replace_the_defaults() -> None:
    functions = module(
        input_fn=lambda body, content_type: np.array([[len(body), len(content_type)]]),
        output_fn=lambda prediction, accept: (f"{accept}={prediction[0]:g}", "text/plain"),
    )
    answer = ask(ScikitLearn(), functions, b"abc", "a/b", "c/d")
    assert (answer.body, answer.content_type) == (b"c/d=12", "text/plain")


def test_one_function_may_do_it_all_and_take_the_context() -> None:
    def transform_fn(model: Any, body: Any, content_type: str, accept: str, context: Any) -> bytes:
        return f"{type(model).__name__} {body} {content_type} {accept} {context.manifest}".encode()

    answer = ask(Framework(), module(transform_fn=transform_fn), b"x", "text/csv", "a/b")
    assert (answer.body, answer.content_type) == (b"Doubling x text/csv a/b {}", "a/b")


def test_both_ways_together_are_refused() -> None:
    with pytest.raises(ValueError, match="Cannot use transform_fn implementation with input_fn"):
        Handler(Framework(), module(transform_fn=print, input_fn=print))


def test_a_response_object_of_flask_is_the_answer() -> None:
    response = SimpleNamespace(get_data=lambda: b"made", content_type="text/csv", status_code=201)
    answer = ask(ScikitLearn(), module(output_fn=lambda *_: response), b"[[1]]")
    assert (answer.status, answer.content_type, answer.body) == (201, "text/csv", b"made")


def test_a_result_that_is_no_body_is_said_to_be_none() -> None:
    answer = ask(ScikitLearn(), module(output_fn=lambda prediction, _: prediction), b"[[1]]")
    assert answer.status == 500
    assert b"output_fn or transform_fn returned ndarray; return text, bytes" in answer.body


def test_the_default_accept_is_the_model_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/csv")
    assert ask(ScikitLearn(), module(), b"[[1]]", "application/json", "*/*").content_type == "text/csv"


def test_the_toolkit_s_defaults_know_no_model() -> None:
    with pytest.raises(NotImplementedError, match="Please provide a model_fn implementation"):
        Handler(Framework(), None)


def test_the_toolkit_writes_the_first_form_that_is_accepted() -> None:
    functions = module(predict_fn=lambda data, _: data)
    answer = ask(Framework(), functions, b"1,2\n3,4", "text/csv", "image/png, text/csv")
    assert (answer.body, answer.content_type) == (b"1.0,2.0\n3.0,4.0\n", "text/csv")
    assert ask(Framework(), functions, b"1,2", "text/csv", "image/png").status == 500


def test_huggingface_asks_by_inputs_and_parameters() -> None:
    functions = module(model_fn=lambda _: lambda inputs, **parameters: {"inputs": inputs, **parameters})
    body = json.dumps({"inputs": "text", "parameters": {"top_k": 2}}).encode()
    assert json.loads(ask(HuggingFace(), functions, body).body) == {"inputs": "text", "top_k": 2}
    answer = ask(HuggingFace(), functions, b"inputs\na\nb\n", "text/csv")
    assert json.loads(answer.body) == {"inputs": ["a", "b"]}


def test_huggingface_calls_each_mistake_the_request_s() -> None:
    answer = ask(HuggingFace(), module(), b"{", "application/json")
    assert answer.status == 400
    assert json.loads(answer.body)["code"] == 400
    with pytest.raises(ModuleNotFoundError, match="transformers"):
        Handler(HuggingFace(), None)


def test_what_batch_transform_may_send_is_the_module_s() -> None:
    assert Handler(ScikitLearn(), module()).describe() is None
    described = Handler(ScikitLearn(), module(execution_parameters_fn=lambda: "{}")).describe()
    assert described and described.body == b"{}"


def test_what_scripts_import_of_aws_s_old_toolkit_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOR_SCRIPTS)
    framework = importlib.import_module("sagemaker_containers.beta.framework")
    encoders, worker, types = framework.encoders, framework.worker, framework.content_types
    functions = module(
        input_fn=encoders.decode,
        output_fn=lambda prediction, accept: worker.Response(encoders.encode(prediction, accept), mimetype=accept),
    )
    answer = ask(ScikitLearn(), functions, b"1,2\n3,4", types.CSV, types.CSV)
    assert (answer.body, answer.content_type, answer.status) == (b"6.0\n14.0\n", "text/csv", 200)
    with pytest.raises(AttributeError, match=r"env.ServingEnv is not here; read the SM_ variables"):
        framework.env.ServingEnv()

"""PyTorch's and HuggingFace's defaults, on modules of the tests' own that have the few functions which they call."""

from __future__ import annotations

import importlib
import json
import sys
from contextlib import nullcontext
from email.message import Message
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from localaws.inference_toolkit.frameworks.framework import Framework
from localaws.inference_toolkit.frameworks.huggingface import HuggingFace
from localaws.inference_toolkit.frameworks.pytorch import PyTorch
from localaws.inference_toolkit.handler import Handler
from localaws.inference_toolkit.user_module import FOR_SCRIPTS
from localaws.inference_toolkit.web import Answer


class Tensor:
    """As much of a tensor as is asked for."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values, "float32")

    def detach(self) -> Tensor:
        return self

    def numpy(self) -> Any:
        return self.values


class Network:
    """A loaded TorchScript model."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.is_evaluating = False

    def eval(self) -> None:
        self.is_evaluating = True

    def __call__(self, data: Tensor) -> Tensor:
        assert self.is_evaluating
        return Tensor(data.values * 2)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model's directory, with a `torch` and a `transformers` to import."""

    def load(path: str, map_location: str) -> Network:
        assert map_location == "cpu"
        if Path(path).read_text() == "weights alone":
            raise RuntimeError("no script")
        return Network(path)

    torch = ModuleType("torch")
    vars(torch).update(
        Tensor=Tensor, FloatTensor=Tensor, from_numpy=Tensor, no_grad=nullcontext, jit=SimpleNamespace(load=load)
    )
    transformers = ModuleType("transformers")
    vars(transformers)["pipeline"] = lambda **given: lambda inputs: [{"task": given["task"], "text": inputs}]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "transformers", transformers)
    monkeypatch.setenv("OPT_ML", str(tmp_path))
    made = tmp_path / "model"
    made.mkdir()
    return made


def ask(framework: Framework, body: bytes, content_type: str, accept: str = "") -> Answer:
    headers = Message()
    headers["Content-Type"], headers["Accept"] = content_type, accept
    return Handler(framework, None).answer(body, headers)


def test_pytorch_asks_a_script_with_a_tensor_and_answers_its_numbers(model: Path) -> None:
    (model / "own.pth").write_text("script")
    assert json.loads(ask(PyTorch(), b"[[1, 2]]", "application/json").body) == [[2.0, 4.0]]
    assert ask(PyTorch(), b"1,2\n3,4", "text/csv", "text/csv").body == b"2.0,4.0\n6.0,8.0\n"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, r"Exactly one .pth or .pt file is required for PyTorch models: \[\]"),
        ({"a.pt": "script", "b.pth": "script"}, r"for PyTorch models: \['a.pt', 'b.pth'\]"),
        (
            {"model.pt": "weights alone", "b.pth": "script"},
            "ensure model is saved using torchscript, or provide a model_fn",
        ),
    ],
)
def test_pytorch_wants_one_script(model: Path, files: dict[str, str], words: str) -> None:
    for name, content in files.items():
        (model / name).write_text(content)
    with pytest.raises(ValueError, match=words):
        Handler(PyTorch(), None)


def test_huggingface_asks_the_pipeline_of_a_task(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="HF_TASK"):
        Handler(HuggingFace(), None)
    monkeypatch.setenv("HF_TASK", "fill-mask")
    answer = ask(HuggingFace(), b'{"inputs": "a"}', "application/json")
    assert json.loads(answer.body) == [{"task": "fill-mask", "text": "a"}]
    assert ask(HuggingFace(), b'{"inputs": "a"}', "application/json", "text/csv").body.split() == [
        b"task,text",
        b"fill-mask,a",
    ]


def test_what_scripts_import_of_the_toolkit_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOR_SCRIPTS)
    names = ("content_types", "decoder", "encoder", "errors")
    types, decoder, encoder, errors = (importlib.import_module(f"sagemaker_inference.{name}") for name in names)
    assert encoder.encode(decoder.decode("1,2\n3,4", types.CSV), types.JSON) == "[[1.0, 2.0], [3.0, 4.0]]"
    with pytest.raises(errors.UnsupportedFormatError):
        encoder.encode([1], "image/png")

"""HuggingFace: https://github.com/aws/sagemaker-huggingface-inference-toolkit (handler_service.py)."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from localaws.inference_toolkit import formats
from localaws.inference_toolkit.formats import UnsupportedFormatError
from localaws.inference_toolkit.frameworks.framework import Framework
from localaws.inference_toolkit.web import Answer

_HEADERS = ("question", "context", "inputs")
_ASKED_BY_OBJECTS = ("zero-shot-classification", "table-question-answering")


class HuggingFace(Framework):
    """Without a function of the module's, the model is a pipeline of transformers for the task HF_TASK."""

    content_type = formats.JSON

    def model_fn(self, model_dir: str) -> Any:
        from transformers import pipeline

        task = os.environ.get("HF_TASK")
        if not task and not Path(model_dir, "config.json").exists():
            raise ValueError("You need to define the task of the model as env 'HF_TASK'.")
        return pipeline(task=task, model=model_dir, device=-1)

    def input_fn(self, input_data: Any, content_type: str | None) -> Any:
        if content_type == formats.JSON:
            return json.loads(input_data)
        if content_type == formats.CSV and os.environ.get("HF_TASK") not in _ASKED_BY_OBJECTS:
            return _read_csv(input_data)
        raise UnsupportedFormatError(content_type)

    def predict_fn(self, data: Any, model: Any) -> Any:
        inputs = data.pop("inputs", data)
        return model(inputs, **(data.pop("parameters", None) or {}))

    def output_fn(self, prediction: Any, accept: str) -> Any:
        if accept == formats.CSV:
            rows = prediction if isinstance(prediction, list) else [prediction]
            text = io.StringIO()
            writer = csv.DictWriter(text, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
            return text.getvalue(), accept
        return formats.encode(prediction, accept), accept

    def describe_error(self, error: Exception) -> Answer:
        """As its server does: whatever is wrong is the request's fault."""
        body = {"code": 400, "type": "InternalServerException", "message": str(error)}
        return Answer(json.dumps(body).encode(), formats.JSON, 400)


def _read_csv(text: str) -> dict[str, Any]:
    first = text.splitlines()[0].lower() if text else ""
    if not any(header in first for header in _HEADERS):
        raise ValueError(
            "You need to provide the correct CSV with Header columns to use it with the inference toolkit default "
            "handler."
        )
    rows = list(csv.DictReader(io.StringIO(text)))
    return {"inputs": [row["inputs"] for row in rows] if "inputs" in rows[0] else rows}

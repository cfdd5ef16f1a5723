"""scikit-learn: https://github.com/aws/sagemaker-scikit-learn-container (sagemaker_sklearn_container/serving.py)."""

from __future__ import annotations

from typing import Any

from localaws.inference_toolkit import formats
from localaws.inference_toolkit.frameworks.framework import Framework


class ScikitLearn(Framework):
    """The model is the module's; it is asked by `predict`, with numbers of 32 bits where they come as text."""

    needs_module = True
    content_type = formats.JSON
    tells_formats = True

    def input_fn(self, input_data: Any, content_type: str | None) -> Any:
        array = formats.decode(input_data, content_type, squeezed=True)
        return array.astype("float32") if content_type in formats.TEXTS else array

    def predict_fn(self, data: Any, model: Any) -> Any:
        return model.predict(data)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        return formats.encode(prediction, accept, rows=True), accept

"""What the XGBoost image does where the user's module has no function for it.

https://github.com/aws/sagemaker-xgboost-container (handler_service.py, encoder.py)
"""

from __future__ import annotations

from typing import Any

from localaws.algorithms.xgboost.requests import read_csv, read_libsvm
from localaws.inference_toolkit import formats
from localaws.inference_toolkit.formats import UnsupportedFormatError
from localaws.inference_toolkit.frameworks.framework import Framework

_LIBSVM = ("text/libsvm", "text/x-libsvm")


class Scripts(Framework):
    """The model is the module's, a booster that is asked with a matrix of rows."""

    needs_module = True
    content_type = formats.JSON
    tells_formats = True

    def input_fn(self, input_data: Any, content_type: str | None) -> Any:
        named = (content_type or "").partition(";")[0].strip()
        text = input_data.decode("utf-8") if isinstance(input_data, bytes) else input_data
        if named == formats.CSV:
            return read_csv(text)
        if named in _LIBSVM:
            return read_libsvm(text)
        raise UnsupportedFormatError(content_type)

    def predict_fn(self, data: Any, model: Any) -> Any:
        return model.predict(data, validate_features=False)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        return formats.encode(prediction, accept, rows=True), accept

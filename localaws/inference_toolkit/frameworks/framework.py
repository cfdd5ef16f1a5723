"""The functions that a framework's image brings, of which a user's module may replace each."""

from __future__ import annotations

import traceback
from typing import Any

from localaws.inference_toolkit import formats
from localaws.inference_toolkit.formats import UnsupportedFormatError
from localaws.inference_toolkit.web import Answer


class Framework:
    """The defaults of https://github.com/aws/sagemaker-inference-toolkit, which the others are built on.

    `needs_module`: the image serves nothing without a user's module. `content_type` is a request's that names none.
    `tells_formats`: an unknown content type or Accept is answered by 415 or 406, and not as any error.
    """

    needs_module = False
    content_type: str | None = None
    tells_formats = False

    def model_fn(self, model_dir: str) -> Any:
        """Load the model from the archive's directory."""
        raise NotImplementedError(
            f"Please provide a model_fn implementation: there is none for {model_dir} in the model's code."
        )

    def input_fn(self, input_data: Any, content_type: str | None) -> Any:
        """What the model is asked, of a body (text where it is JSON or CSV)."""
        return formats.decode(input_data, content_type)

    def predict_fn(self, data: Any, model: Any) -> Any:
        """Ask the model."""
        raise NotImplementedError("Please provide a predict_fn implementation in the model's code.")

    def output_fn(self, prediction: Any, accept: str) -> Any:
        """The answer's body, in the first form that the client accepts and can be written."""
        for content_type in accept.replace(" ", "").split(","):
            if content_type in (formats.JSON, formats.CSV, formats.NPY):
                return formats.encode(prediction, content_type), content_type
        raise UnsupportedFormatError(accept)

    def describe_error(self, error: Exception) -> Answer:
        """The answer where a function has raised."""
        return Answer(f"{error}\n{traceback.format_exc()}".encode(), "text/plain", 500)

"""What is between an HTTP request and the model: checks, decoding, and the answer's form."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import numpy as np
from PIL import Image

from localaws.algorithms.image_classification.images import ImageError, decode, to_network_input, to_pixels
from localaws.algorithms.image_classification.losses import Floats
from localaws.inference_toolkit.web import RefusedError, read_length

CONTENT_TYPES = ("application/x-image", "image/png", "image/jpeg")
JSON_LINES = "application/jsonlines"


def check_headers(headers: Mapping[str, str]) -> int:
    """Give the length of the body in bytes. Raises RefusedError for one that will not be read.

    Names are in lower case.
    """
    content_type = headers.get("content-type", "no content type").partition(";")[0].strip().lower()
    if content_type not in CONTENT_TYPES:
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The request has {content_type}: send an image as {', '.join(CONTENT_TYPES)}.",
        )
    return read_length(headers)


def read_image(body: bytes, image_shape: tuple[int, int, int]) -> Floats:
    """Decode a body and resize it to the network's input (1, channels, height, width).

    As AWS documents, the aspect ratio is not preserved and nothing is cropped. Raises RefusedError.
    """
    channels, height, width = image_shape
    try:
        image = decode(body, channels)
    except ImageError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The body {error}.") from error
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    return to_network_input(to_pixels(resized)[np.newaxis])


def write_answer(probabilities: Sequence[float], accept: str) -> tuple[str, bytes]:
    """Give content type and body: a JSON list in label order, or the JSON line that batch transform asks for."""
    if JSON_LINES in accept:
        return JSON_LINES, json.dumps({"prediction": list(probabilities)}).encode() + b"\n"
    return "application/json", json.dumps(list(probabilities)).encode()

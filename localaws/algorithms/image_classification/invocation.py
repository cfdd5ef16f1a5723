"""What is between an HTTP request and the model: checks, decoding, and the answer's form."""

import json
from collections.abc import Sequence
from email.message import Message
from http import HTTPStatus

import numpy as np
from PIL import Image

from localaws.algorithms.image_classification.images import ImageError, decode, to_network_input, to_pixels
from localaws.algorithms.image_classification.losses import Floats

CONTENT_TYPES = ("application/x-image", "image/png", "image/jpeg")
JSON_LINES = "application/jsonlines"
# AWS's largest payload of a batch transform request; an endpoint's own limit is smaller and stands before it.
MAX_BODY_BYTES = 100 << 20
OWN_HOSTS = ("127.0.0.1", "localhost")
FROM_BROWSERS = ("Origin", "Referer", "Sec-Fetch-Site")


class RefusedError(Exception):
    """A request that gets no answer from the model, with its HTTP status and one sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def check_source(headers: Message) -> None:
    """Refuse what a web page sends: a name that resolves to this machine, or any page's own words. Raises RefusedError.

    Nothing but the local AWS asks here, and it is no page. Browsers put Origin, Referer or Sec-Fetch-Site into what
    they send for one, and no page can leave out all of them.
    """
    hosts = headers.get_all("Host", ["127.0.0.1"])
    if len(hosts) > 1 or (hosts[0].rpartition(":")[0] not in OWN_HOSTS and hosts[0] not in OWN_HOSTS):
        raise RefusedError(
            HTTPStatus.FORBIDDEN, f"The host {hosts[0]!r} is not this machine's own name; use 127.0.0.1 or localhost."
        )
    if any(name in headers for name in FROM_BROWSERS):
        raise RefusedError(HTTPStatus.FORBIDDEN, "Requests of web pages are refused: ask the endpoint through its API.")


def check_headers(headers: Message) -> int:
    """Give the length of the body in bytes. Raises RefusedError for one that will not be read."""
    content_type = headers.get_content_type() if "Content-Type" in headers else "no content type"
    if content_type not in CONTENT_TYPES:
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The request has {content_type}: send an image as {', '.join(CONTENT_TYPES)}.",
        )
    length = headers.get("Content-Length", "")
    if not length.isdecimal():
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "The request has no Content-Length: send the body's size.")
    if int(length) > MAX_BODY_BYTES:
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The body has {length} bytes, and {MAX_BODY_BYTES} are allowed: send a smaller image.",
        )
    return int(length)


def read_image(body: bytes, image_shape: tuple[int, int, int]) -> Floats:
    """Decode a body and resize it to the network's input (channels, height, width).

    As AWS documents, the aspect ratio is not preserved and nothing is cropped. Raises RefusedError.
    """
    channels, height, width = image_shape
    try:
        image = decode(body, channels)
    except ImageError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The body {error}.") from error
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    return to_network_input(to_pixels(resized)[np.newaxis])[0]


def write_answer(probabilities: Sequence[float], accept: str) -> tuple[str, bytes]:
    """Give content type and body: a JSON list in label order, or the JSON line that batch transform asks for."""
    if JSON_LINES in accept:
        return JSON_LINES, json.dumps({"prediction": list(probabilities)}).encode() + b"\n"
    return "application/json", json.dumps(list(probabilities)).encode()

"""What the functions of the inference workflow share: errors that it knows by name, and the images in S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

from common.aws_errors import get_code, is_missing, is_retryable
from common.s3 import S3Address, parse_s3_address

Item = dict[str, Any]
Answer = TypeVar("Answer")

USER_AGENT = "scones"
"""Of the functions' clients: botocore's own is written anew for each call, twice, a tenth of what a call costs."""
THREADS = 4
"""Of a function, for the images of a batch."""
DECODING = Lock()
"""Held while an image is decoded: one takes up to a fifth of a function's memory."""

# S3 answers so, too, of an object that is not there where the caller may not list the bucket.
_UNREADABLE = frozenset({"AccessDenied", "InvalidObjectState", "403"})
_MOST_SERIALIZED_BYTES = 20 * 1024 * 1024


class Refusal(Exception):
    """Not worth another try: the message is one sentence for the person who asked."""


class BadRequest(Refusal):
    """The event does not have what the function needs."""


class BadPicture(Refusal):
    """The image is not one that the model can be asked about, or that a person can be shown."""


class NotFound(Refusal):
    """S3 has no such object, or it may not be read."""


class Throttled(Exception):
    """A service asks for fewer calls, or fails for a moment: worth another try."""


def refuse(item: Item, refusal: Refusal) -> Item:
    """Build the answer for an item of a batch that is refused: it stops no other."""
    return {
        "status": "REFUSED",
        "image_uri": item.get("image_uri"),
        "error": type(refusal).__name__,
        "cause": str(refusal),
    }


def check_batch(items: object) -> list[Item]:
    """Return the items of a batch; raises BadRequest."""
    if not isinstance(items, list):
        raise BadRequest(f"items is of type {type(items).__name__}: give a list.")
    return items


def parse_address(given: object, name: str) -> S3Address:
    """Read the S3 address of an object that an event gives under a name; raises BadRequest."""
    address = parse_s3_address(given) if isinstance(given, str) else None
    if address is None or not address.key:
        raise BadRequest(f"{name} is {str(given)[:200]!r}: give an address like s3://bucket/path/image.png.")
    return address


def send_at_once(s3: Any) -> Any:  # noqa: ANN401 - boto3's clients have no static type
    """Let boto3's client of S3 send an object with the request's head, and answer the client.

    Else it sends the head alone with `Expect: 100-continue`, and reads S3's leave for the rest byte by byte: a way
    there and back more, which pays for uploads that are large and refused.
    """
    s3.meta.events.register_last("before-call.s3", _expect_nothing)
    return s3


def _expect_nothing(params: dict[str, Any], **_: object) -> None:
    params["headers"].pop("Expect", None)


class Storage:
    """Reads and writes images. `s3` is boto3's client."""

    def __init__(self, s3: Any) -> None:  # noqa: ANN401 - boto3's clients have no static type
        self._s3 = s3

    def read(self, address: S3Address, most_bytes: int) -> bytes:
        """Return an object's content, unread where it is too large; raises NotFound, BadPicture or Throttled."""
        try:
            answer = self._s3.get_object(Bucket=address.bucket, Key=address.key)
        except Exception as error:
            if is_missing(error) or get_code(error) in _UNREADABLE:
                raise NotFound(f"{address.uri} is not there or may not be read: check the address.") from error
            raise _rename(error, address) from error
        size = int(answer["ContentLength"])
        with answer["Body"] as body:
            if size > most_bytes:
                raise BadPicture(f"The image has {size:,} bytes, and {most_bytes:,} are allowed: make it smaller.")
            content: bytes = body.read()
        return content

    def write(
        self,
        address: S3Address,
        content: bytes,
        metadata: dict[str, str] | None = None,
        content_type: str = "image/png",
    ) -> None:
        """Put a PNG, or several; the same request again writes the same object. Raises Throttled."""
        request = {"Bucket": address.bucket, "Key": address.key, "Body": content, "ContentType": content_type}
        try:
            self._s3.put_object(**request, **({"Metadata": metadata} if metadata else {}))
        except Exception as error:
            raise _rename(error, address) from error


def read_serialized(storage: Storage, item: Item) -> bytes:
    """Return the object that serialize_image wrote for an item, one or many images; raises Refusal or Throttled."""
    return storage.read(parse_address(item.get("serialized_uri"), "serialized_uri"), _MOST_SERIALIZED_BYTES)


class Packed:
    """Reads the images of a batch, of which many lie in one object: that is read once. For several threads."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lock = Lock()
        self._contents: dict[object, bytes] = {}

    def read(self, item: Item, name: str) -> bytes:
        """Return what lies in the item's object where it says under `name`; raises Refusal or Throttled."""
        uri = item.get("serialized_uri")
        with self._lock:
            if uri not in self._contents:
                self._contents[uri] = read_serialized(self._storage, item)
        content = self._contents[uri]
        match item.get(name):
            case [int(begin), int(end)] if 0 <= begin < end <= len(content):
                return content[begin:end]
        raise BadRequest(f"{name} is {str(item.get(name))[:80]}: give what serialize_image answered.")


def each(items: Sequence[Item], work: Callable[[Item], Answer]) -> Iterator[Answer]:
    """What the work answers for the items of a batch, in their order, a few at a time: most of it waits for AWS.

    Raises what the work raises for the first item that it fails for, and begins no other then.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(work, items)


def _rename(error: Exception, address: S3Address) -> Exception:
    """Give what passes the name that the workflow's Retry knows; any other error is itself."""
    return Throttled(f"S3 said {get_code(error)} of {address.uri}: try again.") if is_retryable(error) else error

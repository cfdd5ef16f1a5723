"""Images that somebody sent: bytes to an upright RGB image or a sentence why not, and back to pixels alone.

Wants Pillow, which the functions' layer and the container image have.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Self

from PIL import ExifTags, Image, UnidentifiedImageError

FORMATS = ("PNG", "JPEG")
CROP = 0.875
"""The part of the shorter side that the model sees: 28 of 32, 224 of 256."""
LONGEST_SIDE = 100
"""Times the shorter side: fitted to the model, a line of one pixel's width would become a thousand times larger."""
MOST_KEPT_PIXELS = 1024 * 1024
"""Of an image that is kept or shown to a person: a copy that gets a label has the same pixels as its original."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_OTHERS = {
    b"GIF8": "a GIF",
    b"RIFF": "a WebP",
    b"BM": "a BMP",
    b"II*\0": "a TIFF",
    b"MM\0*": "a TIFF",
    b"%PDF": "a PDF",
}


class BadImage(Exception):
    """Not an image that is taken: the message is one sentence for who sent it, `reason` one word for a program."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """How much one image may take: bytes as it is stored, and pixels once it is decoded (3 bytes each)."""

    most_bytes: int = 20 * 1024 * 1024
    most_pixels: int = 25_000_000
    least_side: int = 1

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read MAX_BYTES and MAX_PIXELS where they are set."""
        return cls(
            most_bytes=int(environment.get("MAX_BYTES", cls.most_bytes)),
            most_pixels=int(environment.get("MAX_PIXELS", cls.most_pixels)),
        )


DEFAULT_LIMITS = Limits()


def read(data: bytes, limits: Limits, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """Decode an image to upright RGB on white; raises BadImage."""
    with decoded(data, limits, formats) as image:
        return to_rgb(upright(image))


def load(path: Path, limits: Limits) -> Image.Image:
    """Decode an image file, which is not read where it is too large; raises BadImage and OSError."""
    _check_size(path.stat().st_size, limits)
    return read(path.read_bytes(), limits)


@contextmanager
def decoded(data: bytes, limits: Limits, formats: tuple[str, ...] = FORMATS) -> Iterator[Image.Image]:
    """Decode an image as it is, told by its content and measured first; raises BadImage, also for errors within."""
    _check_size(len(data), limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit follows
            with Image.open(io.BytesIO(data), formats=formats) as image:
                _measure(image, limits)
                image.load()
                yield image
    except Image.DecompressionBombError:
        # Pillow's own limit, some times ours, speaks before the size can be asked for.
        raise BadImage(
            "too-large",
            f"The image has far more than the {limits.most_pixels:,} pixels that are allowed: scale it down.",
        ) from None
    except UnidentifiedImageError:
        allowed = f"{', '.join(formats[:-1])} or {formats[-1]}"
        raise BadImage("wrong-format", f"The file is {_name(data)}: give a {allowed} image.") from None
    except BadImage:
        raise
    except Exception as error:  # a broken file makes Pillow raise whatever its parts do: struct.error, KeyError ...
        raise BadImage("unreadable", f"The image is broken or cut off ({error}): send it again.") from error


def upright(image: Image.Image) -> Image.Image:
    """Turn the image as the camera was held. ImageOps.exif_transpose would write EXIF anew, and fail on odd ones."""
    try:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken EXIF, whatever Pillow makes of it, says nothing about the pixels
        turn = None
    return image if turn is None else image.transpose(turn)


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16 bits a pixel to 8, as grey; any other image is answered as it is.

    Pillow's own conversion would clip every value over 255 to white.
    """
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def to_rgb(image: Image.Image) -> Image.Image:
    """Convert to 8-bit RGB: 16 bits are scaled, and what is transparent shows white."""
    image = to_eight_bits(image)
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return image.convert("RGB")


def resize_and_crop(image: Image.Image, width: int, height: int) -> Image.Image:
    """Resize the shorter side and crop the centre, as the model was evaluated; what has the size keeps its pixels.

    A 32x32 image for a 28x28 net is cropped only: no pixel is resampled.
    """
    if image.size == (width, height):
        return image
    shorter = round(max(width, height) / CROP)
    if min(image.size) != shorter:
        ratio = shorter / min(image.size)
        size = max(shorter, round(image.width * ratio)), max(shorter, round(image.height * ratio))
        image = image.resize(size, Image.Resampling.BILINEAR)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def scale_down(image: Image.Image, most_pixels: int) -> Image.Image:
    """Resize an image that has more than `most_pixels` to about as many, its shape kept."""
    pixels = image.width * image.height
    if pixels <= most_pixels:
        return image
    scale = sqrt(most_pixels / pixels)
    size = max(1, int(image.width * scale)), max(1, int(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)


def encode_png(image: Image.Image, compression: int | None = None) -> bytes:
    """Encode an RGB image as a PNG of its pixels alone: Pillow would write a colour profile of the original into it.

    `compression` is zlib's level, 0 to 9; Pillow's own where none is given.
    """
    buffer = io.BytesIO()
    options = {} if compression is None else {"compress_level": compression}
    Image.frombytes("RGB", image.size, image.tobytes()).save(buffer, "PNG", **options)
    return buffer.getvalue()


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.most_bytes:
        sentence = f"The image has {size:,} bytes, and {limits.most_bytes:,} are allowed: make it smaller."
        raise BadImage("too-large", sentence)


def _measure(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    shape = f"The image has {width:,} x {height:,} pixels"
    if width * height > limits.most_pixels:
        raise BadImage("too-large", f"{shape}, and {limits.most_pixels:,} in all are allowed: scale it down.")
    if min(width, height) < limits.least_side:
        raise BadImage("too-small", f"{shape}, and a side must have at least {limits.least_side}: send a larger one.")
    if max(width, height) > LONGEST_SIDE * min(width, height):
        raise BadImage("too-narrow", f"{shape}; its aspect ratio exceeds {LONGEST_SIDE}:1: crop the image.")
    # A JPEG of several frames is a phone's (depth map, preview) and its first frame is the image; others are films.
    if image.format != "JPEG" and getattr(image, "is_animated", False):
        raise BadImage("animated", f"The {image.format} is animated: give an image of one frame.")


def _name(data: bytes) -> str:
    if not data:
        return "empty"
    return next((name for start, name in _OTHERS.items() if data.startswith(start)), "no image that is known here")

"""Images that somebody sent: bytes to an upright RGB image or a sentence why not, and back to pixels alone.

Wants Pillow, which the functions' layer and the container image have.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Self

from PIL import ExifTags, Image, UnidentifiedImageError

FORMATS = ("PNG", "JPEG")
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
    """Not an image that is taken: the message is one sentence for who sent it."""


@dataclass(frozen=True)
class Limits:
    """How much one image may take: bytes as it is stored, and pixels once it is decoded (3 bytes each)."""

    most_bytes: int = 20 * 1024 * 1024
    most_pixels: int = 25_000_000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read MAX_BYTES and MAX_PIXELS where they are set."""
        return cls(
            most_bytes=int(environment.get("MAX_BYTES", cls.most_bytes)),
            most_pixels=int(environment.get("MAX_PIXELS", cls.most_pixels)),
        )


DEFAULT_LIMITS = Limits()


def read(data: bytes, limits: Limits) -> Image.Image:
    """Decode a PNG or JPEG (told by its content) to upright RGB on white, measured first; raises BadImage."""
    if len(data) > limits.most_bytes:
        raise BadImage(f"The picture has {len(data):,} bytes, and {limits.most_bytes:,} are allowed: make it smaller.")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _measure(image, limits)
            image.load()
            return to_rgb(upright(image))
    except Image.DecompressionBombError:
        # Pillow's own limit, some times ours, speaks before the size can be asked for.
        raise BadImage(
            f"The picture has far more than the {limits.most_pixels:,} pixels that are allowed: scale it down."
        ) from None
    except UnidentifiedImageError:
        raise BadImage(f"The file is {_name(data)}: give a PNG or JPEG picture.") from None
    except BadImage:
        raise
    except Exception as error:  # a broken file makes Pillow raise whatever its parts do: struct.error, KeyError ...
        raise BadImage(f"The picture is broken or cut off ({error}): send it again.") from error


def upright(image: Image.Image) -> Image.Image:
    """Turn the image as the camera was held. ImageOps.exif_transpose would write EXIF anew, and fail on odd ones."""
    try:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken EXIF, whatever Pillow makes of it, says nothing about the pixels
        turn = None
    return image if turn is None else image.transpose(turn)


def to_rgb(image: Image.Image) -> Image.Image:
    """Convert to 8-bit RGB: 16 bits are scaled, and what is transparent shows white."""
    if image.mode.startswith("I"):
        # 16 bits a pixel: Pillow's own conversion would clip every value over 255 to white.
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return image.convert("RGB")


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


def _measure(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.most_pixels:
        raise BadImage(
            f"The picture has {width:,} x {height:,} pixels, and {limits.most_pixels:,} in all are allowed: "
            "scale it down."
        )
    if max(width, height) > LONGEST_SIDE * min(width, height):
        raise BadImage(
            f"The picture has {width:,} x {height:,} pixels, and a side at most {LONGEST_SIDE} times as long as the "
            "other is allowed: cut it."
        )
    # A JPEG of several frames is a phone's (depth map, preview) and its first frame is the image; a PNG's is a film.
    if image.format == "PNG" and getattr(image, "is_animated", False):
        raise BadImage("The PNG is animated: give a picture of one frame.")


def _name(data: bytes) -> str:
    if not data:
        return "empty"
    return next((name for start, name in _OTHERS.items() if data.startswith(start)), "no picture that is known here")

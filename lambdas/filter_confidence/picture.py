"""Bytes that somebody sent to an upright RGB image, or a sentence why not: as serialize_image reads them."""

from __future__ import annotations

import io

from PIL import ExifTags, Image, UnidentifiedImageError

from filter_confidence.errors import BadPicture
from filter_confidence.settings import Limits

FORMATS = ("PNG", "JPEG")
LONGEST_SIDE = 100
"""Times the shorter side: fitted to the model, a line of one pixel's width would become a thousand times larger."""
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


def read(data: bytes, limits: Limits) -> Image.Image:
    """Decode a PNG or JPEG (told by its content) to upright RGB on white; raises BadPicture."""
    if len(data) > limits.most_bytes:
        raise BadPicture(
            f"The picture has {len(data):,} bytes, and {limits.most_bytes:,} are allowed: make it smaller."
        )
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _measure(image, limits)
            image.load()
            return _to_rgb(_upright(image))
    except Image.DecompressionBombError:
        # Pillow's own limit, some times ours, speaks before the size can be asked for.
        raise BadPicture(
            f"The picture has far more than the {limits.most_pixels:,} pixels that are allowed: scale it down."
        ) from None
    except UnidentifiedImageError:
        raise BadPicture(f"The file is {_name(data)}: give a PNG or JPEG picture.") from None
    except BadPicture:
        raise
    except Exception as error:  # a broken file makes Pillow raise whatever its parts do: struct.error, KeyError ...
        raise BadPicture(f"The picture is broken or cut off ({error}): send it again.") from error


def _measure(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.most_pixels:
        raise BadPicture(
            f"The picture has {width:,} x {height:,} pixels, and {limits.most_pixels:,} in all are allowed: "
            "scale it down."
        )
    if max(width, height) > LONGEST_SIDE * min(width, height):
        raise BadPicture(
            f"The picture has {width:,} x {height:,} pixels, and a side at most {LONGEST_SIDE} times as long as the "
            "other is allowed: cut it."
        )
    # A JPEG of several frames is a phone's (depth map, preview) and its first frame is the picture; a PNG's is a film.
    if image.format == "PNG" and getattr(image, "is_animated", False):
        raise BadPicture("The PNG is animated: give a picture of one frame.")


def _upright(image: Image.Image) -> Image.Image:
    """Turn the picture as the camera was held. ImageOps.exif_transpose would write EXIF anew, and fail on odd ones."""
    try:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken EXIF, whatever Pillow makes of it, says nothing about the pixels
        turn = None
    return image if turn is None else image.transpose(turn)


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16 bits a pixel: Pillow's own conversion would clip every value over 255 to white.
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return image.convert("RGB")


def _name(data: bytes) -> str:
    if not data:
        return "empty"
    return next((name for start, name in _OTHERS.items() if data.startswith(start)), "no picture that is known here")

"""Decoding, resizing and cropping."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from localaws.algorithms.image_classification.images import (
    ImageError,
    crop_centre,
    decode,
    resize_shorter_side,
    to_network_input,
    to_pixels,
)


def encode(image: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_that_claims(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b""))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
def test_every_mode_becomes_red_green_and_blue(mode: str) -> None:
    assert to_pixels(decode(encode(Image.new(mode, (4, 3))), 3)).shape == (3, 4, 3)


def test_one_channel_is_grey() -> None:
    assert to_pixels(decode(encode(Image.new("RGB", (4, 3), "white")), 1)).tolist() == [[[255]] * 4] * 3


def test_a_small_file_that_claims_a_huge_image_is_refused_before_its_pixels_are_made() -> None:
    with pytest.raises(ImageError, match="has 9000 x 9000 pixels, and 50,000,000 are allowed"):
        decode(png_that_claims(9_000, 9_000), 3)
    with pytest.raises(ImageError, match="50,000,000"):
        decode(png_that_claims(60_000, 60_000), 3)


def test_a_text_is_no_image(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("not an image")
    with pytest.raises(ImageError, match="not a whole PNG or JPEG"):
        decode(path, 3)


def test_a_truncated_image_is_refused() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8)
    whole = encode(Image.fromarray(pixels))
    with pytest.raises(ImageError, match="not a whole PNG or JPEG"):
        decode(whole[: len(whole) // 2], 3)


def test_other_formats_are_refused() -> None:
    with pytest.raises(ImageError, match="not a whole PNG or JPEG"):
        decode(encode(Image.new("RGB", (4, 4)), "GIF"), 3)


def test_resize_makes_the_shorter_side_as_long_as_asked() -> None:
    assert resize_shorter_side(Image.new("RGB", (100, 50)), 20).size == (40, 20)
    assert resize_shorter_side(Image.new("RGB", (7, 30)), 14).size == (14, 60)


def test_the_centre_is_cut_from_the_middle() -> None:
    pixels = np.arange(36, dtype=np.uint8).reshape(6, 6, 1)
    assert crop_centre(pixels, 2, 4)[:, :, 0].tolist() == [[13, 14, 15, 16], [19, 20, 21, 22]]


def test_the_network_gets_channels_first() -> None:
    pixels = np.zeros((2, 5, 6, 3), np.uint8)
    pixels[:, :, :, 1] = 7
    given = to_network_input(pixels)
    assert given.shape == (2, 3, 5, 6)
    assert given.dtype == np.float32
    assert given[:, 1].min() == 7
    assert given[:, 0].max() == 0

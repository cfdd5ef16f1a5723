"""What a kept image is: upright pixels on white, in one encoding, without a word about where it was taken."""

import io
import random
import time

import numpy as np
import pytest
from ingest_image.clean import clean, name
from ingest_image.errors import Refusal
from ingest_image.settings import LIMITS
from PIL import ExifTags, Image, ImageOps, PngImagePlugin

from common.images import MOST_KEPT_PIXELS, Limits
from tests.unit.lambdas.ingest_image.conftest import encode, noise
from tests.unit.lambdas.serialize_image.conftest import png_that_claims


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def reason(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Refusal) as refused:
        clean(data, limits)
    assert "\n" not in str(refused.value)
    return refused.value.reason


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "wrong-format"),
        (b"I am a text, whatever I am called.", "wrong-format"),
        (encode(noise(), "GIF"), "wrong-format"),
        (encode(noise())[:2000], "unreadable"),
        (encode(noise(), "JPEG")[:700], "unreadable"),
        (encode(noise(), "PNG", save_all=True, append_images=[noise(seed=1)]), "animated"),
        (encode(noise(), "WEBP", save_all=True, append_images=[noise(seed=1)]), "animated"),
        (encode(noise(27, 40)), "too-small"),
        (encode(noise(2900, 28)), "too-narrow"),
        (png_that_claims(30_000, 30_000), "too-large"),
        (png_that_claims(5_001, 5_001), "too-large"),
    ],
)
def test_what_is_no_whole_still_image_of_a_fair_size_has_a_reason(data: bytes, expected: str) -> None:
    assert reason(data) == expected


def test_a_bomb_is_refused_by_its_header_and_at_once() -> None:
    began = time.monotonic()
    reason(png_that_claims(60_000, 60_000))
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_lossless_image_keeps_every_pixel(kind: str) -> None:
    assert np.array_equal(pixels(clean(encode(noise(), kind, lossless=True), LIMITS)), np.asarray(noise()))


def test_equal_pixels_are_one_file_whatever_the_files_said_of_them() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "somebody with a home address")
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "somebody"
    told = encode(noise(), pnginfo=words, exif=exif, icc_profile=b"profile", dpi=(300, 300))
    assert clean(told, LIMITS) == clean(encode(noise(), compress_level=0), LIMITS)


def test_nothing_but_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "somebody"
    kept = Image.open(io.BytesIO(clean(encode(noise(), "JPEG", exif=exif, comment=b"here", dpi=(300, 300)), LIMITS)))
    assert kept.info == {}
    assert dict(kept.getexif()) == {}


def test_cleaning_what_is_clean_changes_nothing() -> None:
    once = clean(encode(noise(), "JPEG"), LIMITS)
    assert clean(once, LIMITS) == once


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_turned_as_its_exif_says(orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = encode(noise(), exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert np.array_equal(pixels(clean(content, LIMITS)), np.asarray(expected))


def test_transparency_shows_white_and_not_what_lies_hidden_under_it() -> None:
    hidden = Image.new("RGBA", (32, 32), (200, 0, 0, 0))
    assert pixels(clean(encode(hidden), LIMITS)).min() == 255


@pytest.mark.parametrize(("value", "seen"), [(0, 0), (32_896, 128), (65_535, 255)])
def test_sixteen_bits_are_scaled_and_not_clipped_to_white(value: int, seen: int) -> None:
    image = Image.fromarray(np.full((32, 32), value, dtype=np.uint16))
    assert set(pixels(clean(encode(image), LIMITS)).flat) == {seen}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    assert pixels(clean(encode(noise().convert(mode)), LIMITS)).shape == (32, 40, 3)


def test_a_large_image_is_scaled_down_in_its_own_proportions() -> None:
    kept = pixels(clean(encode(Image.new("RGB", (4000, 1000))), LIMITS))
    height, width, _ = kept.shape
    assert height * width <= MOST_KEPT_PIXELS
    assert width / height == pytest.approx(4, rel=0.01)


def test_the_name_is_the_sha256_of_the_file() -> None:
    assert name(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.filterwarnings("ignore:.*EXIF.*", "ignore:.*Tag data.*")
def test_no_damage_makes_anything_but_an_image_or_a_reason() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    wholes = [encode(noise(), kind, exif=exif) for kind in ("PNG", "JPEG", "WEBP")]
    chance = random.Random(1)  # noqa: S311 - the same damage each time
    for _ in range(1500):
        damaged = bytearray(chance.choice(wholes))
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(min(len(damaged), 300))] = chance.randrange(256)
        try:
            assert clean(bytes(damaged), LIMITS).startswith(b"\x89PNG")
        except Refusal as refused:
            assert refused.reason

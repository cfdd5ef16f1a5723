"""What is an image, what is none, and how the kinds that people send become RGB."""

import io
import random
import time

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from common.images import BadImage, Limits, read, resize_and_crop
from tests.unit.lambdas.serialize_image.conftest import encode, noise, png_that_claims

LIMITS = Limits()


def _refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadImage) as refused:
        read(data, limits)
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"I am a text file, whatever I am called.", "no image"),
        (b"", "empty"),
        (encode(noise(8, 8), "GIF"), "a GIF"),
        (encode(noise(8, 8), "GIF", save_all=True, append_images=[noise(8, 8, 1)]), "a GIF"),
        (encode(noise(8, 8), "BMP"), "a BMP"),
        (encode(noise(8, 8), "PNG", save_all=True, append_images=[noise(8, 8, 1)]), "animated"),
        (encode(noise(64, 64))[:3000], "cut off"),
        (encode(noise(64, 64), "JPEG")[:900], "cut off"),
        (encode(noise(64, 64))[:20], "cut off"),
    ],
)
def test_what_is_no_whole_still_picture_is_refused_in_one_sentence(data: bytes, word: str) -> None:
    sentence = _refusal(data)
    assert word in sentence
    assert sentence.endswith((".", "again."))
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("side", "words"),
    [
        (30_000, "has far more than the 25,000,000 pixels that are allowed"),
        (5_001, "has 5,001 x 5,001 pixels, and 25,000,000 in all are allowed"),
    ],
)
def test_a_bomb_is_refused_by_its_header_and_at_once(side: int, words: str) -> None:
    began = time.monotonic()
    assert words in _refusal(png_that_claims(side, side))
    assert time.monotonic() - began < 1


def test_a_line_is_no_picture_however_small_its_file() -> None:
    assert "10 x 1,001 pixels; its aspect ratio exceeds 100:1" in _refusal(png_that_claims(10, 1001))
    assert read(encode(noise(10, 1000)), LIMITS).size == (10, 1000)


def test_a_file_over_the_limit_is_refused_unread() -> None:
    assert "has 2,000 bytes, and 1,999 are allowed" in _refusal(bytes(2000), Limits(most_bytes=1999))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_says(orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = encode(noise(40, 20), exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert np.array_equal(np.asarray(read(content, LIMITS)), np.asarray(expected))


def test_a_broken_exif_does_not_make_a_picture_bad() -> None:
    content = encode(noise(40, 20), "JPEG", exif=b"Exif\0\0not a TIFF header at all")
    assert read(content, LIMITS).size == (40, 20)


def test_transparency_shows_white_and_not_what_lies_hidden_under_it() -> None:
    hidden = Image.new("RGBA", (4, 4), (200, 0, 0, 0))
    assert read(encode(hidden), LIMITS).getpixel((0, 0)) == (255, 255, 255)


def test_half_transparency_is_mixed_with_white() -> None:
    assert read(encode(Image.new("RGBA", (4, 4), (0, 0, 0, 128))), LIMITS).getpixel((0, 0)) == (127, 127, 127)


def test_a_palette_s_transparent_colour_shows_white() -> None:
    image = Image.new("P", (4, 4), 0)
    image.putpalette([9, 9, 9, 0, 0, 255])
    assert read(encode(image, transparency=0), LIMITS).getpixel((0, 0)) == (255, 255, 255)


def test_a_palette_becomes_its_colours() -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 10, 20, 30])
    assert read(encode(image), LIMITS).getpixel((0, 0)) == (10, 20, 30)


@pytest.mark.parametrize(("value", "seen"), [(0, 0), (32_896, 128), (65_535, 255)])
def test_sixteen_bits_are_scaled_and_not_clipped_to_white(value: int, seen: int) -> None:
    image = Image.fromarray(np.full((4, 4), value, dtype=np.uint16))
    assert read(encode(image), LIMITS).getpixel((0, 0)) == (seen, seen, seen)


def test_a_cmyk_jpeg_becomes_rgb() -> None:
    red = read(encode(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG"), LIMITS).getpixel((8, 8))
    assert isinstance(red, tuple)
    assert red[0] > 240
    assert max(red[1:]) < 15


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_other_mode_becomes_rgb_too(mode: str) -> None:
    assert read(encode(noise(6, 5).convert(mode)), LIMITS).mode == "RGB"


@pytest.mark.filterwarnings("ignore:.*EXIF.*", "ignore:.*Tag data.*")
def test_no_damage_makes_anything_but_a_picture_or_a_refusal() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    wholes = [encode(noise(24, 24), "PNG", exif=exif), encode(noise(24, 24), "JPEG", exif=exif)]
    chance = random.Random(1)  # noqa: S311 - the same damage each time
    for _ in range(3000):
        damaged = bytearray(chance.choice(wholes))
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(min(len(damaged), 300))] = chance.randrange(256)
        try:
            assert read(bytes(damaged), LIMITS).mode == "RGB"
        except BadImage as refused:
            assert str(refused)


def test_any_cut_of_a_picture_is_read_or_refused_and_never_crashes() -> None:
    whole = encode(noise(32, 32))
    for length in range(0, len(whole), 7):
        try:
            assert read(whole[:length], LIMITS).size == (32, 32)
        except BadImage as refused:
            assert str(refused)


def test_a_small_image_is_cropped_to_its_centre_without_resampling() -> None:
    given = noise(32, 32)
    assert np.array_equal(np.asarray(resize_and_crop(given, 28, 28)), np.asarray(given)[2:30, 2:30])


def test_an_image_of_the_nets_size_stays_as_it_is() -> None:
    given = noise(32, 32)
    assert resize_and_crop(given, 32, 32) is given


@pytest.mark.parametrize("size", [(32, 32), (64, 48), (10, 500), (333, 250), (28, 29), (1, 1)])
@pytest.mark.parametrize("net", [(28, 28), (32, 32), (224, 224), (56, 28)])
def test_any_image_comes_out_at_the_nets_size(size: tuple[int, int], net: tuple[int, int]) -> None:
    assert resize_and_crop(noise(*size), *net).size == net

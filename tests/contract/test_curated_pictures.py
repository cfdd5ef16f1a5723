"""What ingest_image writes is what PrepareData reads: neither may import the other, so both are held together here."""

from pathlib import Path

import numpy as np
from ingest_image import keys
from ingest_image.clean import clean, name
from ingest_image.settings import LIMITS
from PIL import Image

from common.images import MOST_KEPT_PIXELS
from common.labels import LABELS
from processing import curated
from tests.unit.lambdas.ingest_image.conftest import encode, noise


def test_no_picture_that_is_kept_is_too_large_for_prepare_data() -> None:
    assert curated.LIMITS.most_pixels >= MOST_KEPT_PIXELS
    worst = clean(encode(noise(1100, 1100), compress_level=1), LIMITS)
    assert len(worst) <= curated.LIMITS.most_bytes / 1.8


def test_prepare_data_finds_and_reads_what_was_kept(tmp_path: Path) -> None:
    png = clean(encode(noise(300, 200), "JPEG"), LIMITS)
    path = tmp_path / Path(keys.curated("motorcycle", name(png))).relative_to("curated")
    path.parent.mkdir()
    path.write_bytes(png)
    (tmp_path / ".keep").write_bytes(b"")
    (image, pixels), *others = curated.load_images(curated.find(tmp_path))
    assert (LABELS[image.label], others) == ("motorcycle", [])
    assert np.array_equal(pixels, np.asarray(Image.open(path)))

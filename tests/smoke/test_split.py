"""The split of the images: the published test set is never trained on."""

from processing.image import CURATED, TEST, TRAIN, LabelledImage
from processing.labels import CLASSES
from processing.split import TESTING, plan


def _images(origin: str, count: int, of: str) -> list[LabelledImage]:
    return [
        LabelledImage(origin, f"{of}{number}", vehicle.label, f"{of}-{vehicle.name}-{number}")
        for vehicle in CLASSES
        for number in range(count)
    ]


def test_a_picture_of_the_test_set_is_not_trained_on_even_where_it_comes_again() -> None:
    again = [LabelledImage(CURATED, f"again{each.name}", each.label, each.digest) for each in _images(TEST, 5, "test")]
    made = plan([*_images(TEST, 5, "test"), *_images(TRAIN, 20, "train"), *again], share=0.2, seed=1)
    tested = {each.digest for each in made.splits[TESTING]}
    others = {each.digest for name, images in made.splits.items() if name != TESTING for each in images}
    assert len(tested) == 5 * len(CLASSES)
    assert not tested & others


def test_the_same_seed_makes_the_same_split() -> None:
    images = [*_images(TEST, 5, "test"), *_images(TRAIN, 20, "train")]
    assert plan(images, share=0.2, seed=1) == plan(list(reversed(images)), share=0.2, seed=1)

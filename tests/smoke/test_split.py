"""The split of the images: the published test set is never trained on."""

from processing.labels import CLASSES
from processing.picture import CURATED, TEST, TRAIN, Picture
from processing.split import TESTING, plan


def _pictures(origin: str, count: int, of: str) -> list[Picture]:
    return [
        Picture(origin, f"{of}{number}", vehicle.label, f"{of}-{vehicle.name}-{number}")
        for vehicle in CLASSES
        for number in range(count)
    ]


def test_a_picture_of_the_test_set_is_not_trained_on_even_where_it_comes_again() -> None:
    again = [Picture(CURATED, f"again{each.name}", each.label, each.digest) for each in _pictures(TEST, 5, "test")]
    made = plan([*_pictures(TEST, 5, "test"), *_pictures(TRAIN, 20, "train"), *again], share=0.2, seed=1)
    tested = {each.digest for each in made.splits[TESTING]}
    others = {each.digest for name, pictures in made.splits.items() if name != TESTING for each in pictures}
    assert len(tested) == 5 * len(CLASSES)
    assert not tested & others


def test_the_same_seed_makes_the_same_split() -> None:
    pictures = [*_pictures(TEST, 5, "test"), *_pictures(TRAIN, 20, "train")]
    assert plan(pictures, share=0.2, seed=1) == plan(list(reversed(pictures)), share=0.2, seed=1)

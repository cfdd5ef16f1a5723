"""Profiles: the mission's values stay the mission's, and every value can be set by a parameter."""

import pytest

from pipelines.errors import PipelineError
from pipelines.hyperparameters import HYPERPARAMETERS
from pipelines.profiles import DEFAULT_PROFILE, PROFILES, REFERENCE, Profile, find_profile


def test_the_reference_profile_has_the_missions_values_and_no_others() -> None:
    assert REFERENCE.withdrawn_type == "ml.p3.2xlarge"
    assert dict(REFERENCE.hyperparameters) == {
        "image_shape": "3,32,32",
        "learning_rate": 0.1,
        "mini_batch_size": 32,
        "epochs": 30,
        "optimizer": "sgd",
    }


def test_compact_is_the_default_and_small_enough_for_the_small_networks() -> None:
    compact = find_profile(DEFAULT_PROFILE)

    assert compact.name == "compact"
    assert compact.hyperparameters["num_layers"] in {20, 32, 44, 56, 110}
    assert str(compact.hyperparameters["image_shape"]).split(",")[1] == "28"


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_every_hyperparameter_of_a_profile_has_a_parameter_of_its_kind(profile: Profile) -> None:
    for name, value in profile.hyperparameters.items():
        entry = HYPERPARAMETERS[name]
        assert isinstance(value, entry.kind), name
        assert not entry.allowed or value in entry.allowed, name


def test_an_unknown_profile_is_refused_with_the_known_names() -> None:
    with pytest.raises(
        PipelineError,
        match=r"no profile 'huge'; choose one of compact, distributed, imagenet, pretrained, quick, reference, short\.",
    ):
        find_profile("huge")

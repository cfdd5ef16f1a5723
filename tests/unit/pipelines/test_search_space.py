"""What a tuned run searches, profile by profile."""

import pytest

from localaws.algorithms.image_classification.hyperparameters import RULES, TUNABLE
from localaws.algorithms.image_classification.resnet import plan
from pipelines.errors import PipelineError
from pipelines.profiles import PROFILES, Profile
from pipelines.search_space import CATEGORICAL, INTEGER, LOGARITHMIC, SEARCHED, tuning_overrides, variants


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_every_variant_is_a_net_that_the_algorithm_builds(profile: Profile) -> None:
    found = variants(profile)
    assert found[0].name == "profile"
    assert not found[0].changes
    assert 2 < len(found) <= 10
    height = int(str(profile.hyperparameters["image_shape"]).split(",")[1])
    for variant in found:
        chosen = {**profile.hyperparameters, **variant.changes}
        plan(int(chosen.get("num_layers", 152)), height)
        for name, value in variant.changes.items():
            RULES[name].read(str(value))
            assert profile.hyperparameters.get(name) != value


def test_a_former_model_s_weights_are_tried_with_their_own_layers_only() -> None:
    assert not any("num_layers" in variant.changes for variant in variants(PROFILES["pretrained"], fixed_net=True))


def test_ranges_are_of_what_aws_tunes_and_variants_of_what_it_does_not() -> None:
    kinds = {
        **dict.fromkeys(LOGARITHMIC, ("Continuous",)),
        **dict.fromkeys(INTEGER, ("Integer",)),
        **dict.fromkeys(CATEGORICAL, ("Categorical",)),
    }
    assert kinds.items() <= TUNABLE.items()
    assert set(SEARCHED) == set(kinds)
    changed = {name for profile in PROFILES.values() for variant in variants(profile) for name in variant.changes}
    assert not changed & TUNABLE.keys()


def test_a_single_trial_runs_alone() -> None:
    assert tuning_overrides(1, None) == {"MaxTrainingJobs": "1", "MaxParallelTrainingJobs": "1"}
    assert tuning_overrides(12, "Random") == {"MaxTrainingJobs": "12", "TuningStrategy": "Random"}
    assert tuning_overrides(None, None) == {}


def test_what_cannot_be_searched_is_refused_in_words() -> None:
    with pytest.raises(PipelineError, match="0 trials were asked for"):
        tuning_overrides(0, None)
    with pytest.raises(PipelineError, match="one of Bayesian, Random, Hyperband"):
        tuning_overrides(4, "Grid")

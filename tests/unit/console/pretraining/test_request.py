"""What a pretraining takes from a profile, and the name that its weights get."""

import pytest

from console.errors import CommandError
from console.pretraining.request import make_request
from pipelines.errors import PipelineError
from pipelines.profiles import PROFILES, Profile
from pipelines.weights import net_name, net_of


@pytest.mark.parametrize("name", ["pretrained", "imagenet"])
def test_the_net_is_the_profiles_so_that_the_profile_finds_its_weights(name: str) -> None:
    profile = PROFILES[name]
    assert make_request(profile, "0" * 64, 1, 1).net == net_name(*net_of(profile.hyperparameters))


def test_nets_of_another_depth_or_shape_have_another_name() -> None:
    names = {net_name(*net_of(given)) for given in ({}, {"num_layers": 20}, {"image_shape": "3,28,28"})}
    assert names == {"152-layers-3x224x224", "20-layers-3x224x224", "152-layers-3x28x28"}


def test_98_classes_are_learned_by_rates_that_fall_with_the_epochs_asked_for() -> None:
    request = make_request(PROFILES["pretrained"], "0" * 64, 20, 1)
    assert request.hyperparameters["num_classes"] == 98
    assert request.hyperparameters["lr_scheduler_step"] == "12,17"
    assert "lr_scheduler_step" not in make_request(PROFILES["pretrained"], "0" * 64, 1, 1).hyperparameters


def test_weights_are_not_made_from_weights() -> None:
    assert "use_pretrained_model" not in make_request(PROFILES["imagenet"], "0" * 64, 1, 1).hyperparameters


def test_what_is_set_is_taken_and_what_cannot_be_is_named() -> None:
    profile: Profile = PROFILES["pretrained"]
    request = make_request(profile, "0" * 64, 2, 1, {"NumLayers": "32", "LearningRateScheduleSteps": "1"})
    assert (request.net, request.hyperparameters["lr_scheduler_step"]) == ("32-layers-3x28x28", "1")
    with pytest.raises(PipelineError, match="AccuracyThreshold is nothing that pretraining takes"):
        make_request(profile, "0" * 64, 2, 1, {"AccuracyThreshold": "0.1"})
    with pytest.raises(CommandError, match="--epochs is 0"):
        make_request(profile, "0" * 64, 0, 1)

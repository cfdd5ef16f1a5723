"""The documented hyperparameters: names, ranges, defaults."""

import pytest

from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters, read_hyperparameters

REQUIRED = {"num_classes": "2", "num_training_samples": "1000"}


def test_only_the_two_required_ones_are_needed_and_the_rest_has_awss_defaults() -> None:
    assert read_hyperparameters(REQUIRED) == Hyperparameters(num_classes=2, num_training_samples=1000)
    settings = read_hyperparameters(REQUIRED)
    assert (settings.num_layers, settings.image_shape, settings.epochs) == (152, (3, 224, 224), 30)
    assert (settings.optimizer, settings.learning_rate, settings.momentum) == ("sgd", 0.1, 0.9)


def test_texts_become_values() -> None:
    texts = {"image_shape": "3, 28, 28", "lr_scheduler_step": "10, 20", "early_stopping": "True", "eps": "1e-07"}
    settings = read_hyperparameters(REQUIRED | texts)
    assert settings.image_shape == (3, 28, 28)
    assert settings.lr_scheduler_step == (10, 20)
    assert settings.early_stopping is True
    assert settings.eps == 1e-7


def test_names_that_sagemaker_adds_itself_are_passed_over() -> None:
    given = REQUIRED | {"_tuning_objective_metric": "validation:accuracy"}
    assert read_hyperparameters(given).num_classes == 2


@pytest.mark.parametrize("name", ["num_classes", "num_training_samples"])
def test_a_missing_required_one_is_named(name: str) -> None:
    given = {key: value for key, value in REQUIRED.items() if key != name}
    with pytest.raises(ClientError, match=f"'{name}' is required"):
        read_hyperparameters(given)


def test_an_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ClientError, match=r"\('lerning_rate' was unexpected\).*learning_rate"):
        read_hyperparameters(REQUIRED | {"lerning_rate": "0.1"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("num_classes", "0"),
        ("num_classes", "two"),
        ("num_training_samples", "-1"),
        ("num_layers", "21"),
        ("image_shape", "28,28"),
        ("image_shape", "4,28,28"),
        ("image_shape", "3,0,28"),
        ("resize", "0"),
        ("augmentation_type", "flip"),
        ("epochs", "0"),
        ("epochs", "1.5"),
        ("mini_batch_size", "0"),
        ("learning_rate", "1.1"),
        ("learning_rate", "nan"),
        ("lr_scheduler_factor", "-0.1"),
        ("lr_scheduler_step", "10,x"),
        ("lr_scheduler_step", "0"),
        ("optimizer", "adagrad"),
        ("momentum", "2"),
        ("weight_decay", "2"),
        ("beta_1", "2"),
        ("beta_2", "-1"),
        ("eps", "2"),
        ("gamma", "2"),
        ("multi_label", "yes"),
        ("use_weighted_loss", "2"),
        ("use_pretrained_model", "True"),
        ("top_k", "1"),
        ("checkpoint_frequency", "0"),
        ("early_stopping", "1"),
        ("early_stopping_min_epochs", "0"),
        ("early_stopping_patience", "0"),
        ("early_stopping_tolerance", "1.5"),
        ("precision_dtype", "float64"),
        ("kv_store", "local"),
    ],
)
def test_a_value_out_of_range_is_refused_with_what_is_allowed(name: str, text: str) -> None:
    with pytest.raises(ClientError, match=f"'{text}' is not valid for the '{name}' hyperparameter, which expects"):
        read_hyperparameters(REQUIRED | {name: text})


def test_checkpoints_rarer_than_the_epochs_there_are_are_refused() -> None:
    with pytest.raises(ClientError, match=r"no greater than epochs \(5\)"):
        read_hyperparameters(REQUIRED | {"epochs": "5", "checkpoint_frequency": "6"})


def test_transfer_learning_is_for_the_large_family_only() -> None:
    given = REQUIRED | {"num_layers": "20", "image_shape": "3,28,28", "use_pretrained_model": "1"}
    with pytest.raises(ClientError, match="no pretrained model"):
        read_hyperparameters(given)

"""Which confidence threshold goes into the workflow."""

from collections.abc import Callable
from typing import Any

import pytest
from refresh_workflow.registry import FALLBACK, RECOMMENDED, choose_threshold
from refresh_workflow.settings import Settings

NO_WORDS: dict[str, str] = {}


class Registry:
    """A registry of one version, 7, that counts how often it is asked."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words
        self.asked = 0

    def get_paginator(self, _name: str) -> Any:
        self.asked += 1
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"ModelPackageSummaryList": [{"ModelPackageVersion": 7, "ModelPackageArn": "arn"}]}]

    def describe_model_package(self, **_: str) -> dict[str, Any]:
        return {"CustomerMetadataProperties": self.words}


def test_a_number_of_the_stack_holds_for_every_version(make_settings: Callable[..., Settings]) -> None:
    registry = Registry({RECOMMENDED: "0.6123"})
    assert choose_threshold(registry, make_settings(CONFIDENCE_THRESHOLD="0.9"), "7") == 0.9
    assert registry.asked == 0


def test_auto_takes_what_the_live_version_recommends(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(CONFIDENCE_THRESHOLD="auto")
    assert choose_threshold(Registry({RECOMMENDED: "0.6123"}), settings, "7") == 0.6123


@pytest.mark.parametrize("words", [NO_WORDS, {RECOMMENDED: "unknown"}, {RECOMMENDED: "1.5"}, {RECOMMENDED: "nan"}])
def test_auto_falls_back_where_a_version_recommends_no_number(
    make_settings: Callable[..., Settings], words: dict[str, str]
) -> None:
    assert choose_threshold(Registry(words), make_settings(CONFIDENCE_THRESHOLD="auto"), "7") == FALLBACK


def test_auto_falls_back_for_a_version_that_is_not_in_the_registry(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(CONFIDENCE_THRESHOLD="auto")
    assert choose_threshold(Registry({RECOMMENDED: "0.6"}), settings, "8") == FALLBACK

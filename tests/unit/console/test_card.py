"""A model card as people read it: what is asked first comes first, and cards of others are read as well."""

from __future__ import annotations

import json
from argparse import Namespace
from types import SimpleNamespace
from typing import Any

import pytest

from console import registry
from console.card import Card, parse_card
from console.commands import versions
from console.errors import CommandError

CONTENT: dict[str, Any] = {
    "training_details": {
        "training_observations": "train 400 bicycle, 400 motorcycle.",
        "training_job_details": {"hyper_parameters": [{"name": "epochs", "value": "22"}]},
    },
    "evaluation_details": [
        {
            "name": "Test images",
            "evaluation_job_arn": "arn:aws:sagemaker:us-east-1:000000000000:processing-job/evaluate",
            "metric_groups": [
                {
                    "name": "Metrics",
                    "metric_data": [
                        {"name": "accuracy", "type": "number", "value": 0.9, "notes": "0.85 to 0.94"},
                        {"name": "curve", "type": "linear_graph", "value": [[0, 0], [1, 1]]},
                        {
                            "name": "confusion matrix",
                            "type": "matrix",
                            "value": [[90, 10], [5, 95]],
                            "y_axis_name": ["bicycle", "motorcycle"],
                        },
                    ],
                }
            ],
        }
    ],
    "additional_information": {"caveats_and_recommendations": "200 images are few."},
    "intended_uses": {"purpose_of_model": "Tells bicycles from motorcycles.", "risk_rating": "Unknown"},
}


def package(content: object) -> dict[str, Any]:
    return {"ModelCard": {"ModelCardContent": json.dumps(content), "ModelCardStatus": "Draft"}}


def read(content: object) -> Card:
    card = parse_card(package(content))
    assert card is not None
    return card


def test_use_and_limits_come_before_figures_and_those_before_the_training() -> None:
    assert [section.title for section in read(CONTENT).sections] == [
        "Intended use",
        "Limits",
        "Test images",
        "Training",
    ]


def test_figures_have_their_intervals_tables_are_told_and_curves_are_left_to_the_report() -> None:
    tested = read(CONTENT).sections[2]
    assert tested.facts == (("evaluated by", "evaluate"),)
    assert tested.figures[0].rows == (
        ("accuracy", "0.9", "0.85 to 0.94"),
        ("confusion matrix", "bicycle 90, 10; motorcycle 5, 95", ""),
    )


@pytest.mark.parametrize("described", [{}, {"ModelCard": {}}, package({}), {"ModelCard": {"ModelCardContent": "{"}}])
def test_a_version_without_a_card_has_none(described: dict[str, Any]) -> None:
    assert parse_card(described) is None


def test_a_card_of_others_with_little_in_it_is_read() -> None:
    assert [section.title for section in read({"evaluation_details": [{"name": "mine"}]}).sections] == []
    assert read({"intended_uses": {"risk_rating": "High"}}).sections[0].facts == (("risk rating", "High"),)


def choose_site(monkeypatch: pytest.MonkeyPatch, described: dict[str, Any]) -> None:
    sagemaker = SimpleNamespace(describe_model_package=lambda **_: described)
    monkeypatch.setattr(versions, "choose", lambda _: SimpleNamespace(client=lambda _: sagemaker))
    monkeypatch.setattr(registry, "get_summary", lambda _, version: {"ModelPackageArn": f"arn/{version}"})


def test_the_command_prints_the_card_for_people_and_as_aws_keeps_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choose_site(monkeypatch, package(CONTENT))
    assert versions.show_card(Namespace(target=None, version="3", json=False)) == 0
    words = capsys.readouterr().out
    assert words.startswith("Model card of version 3, Draft\n\nIntended use\n  Tells bicycles from motorcycles.\n")
    assert "    accuracy: 0.9  (0.85 to 0.94)\n" in words
    assert versions.show_card(Namespace(target=None, version="3", json=True)) == 0
    assert json.loads(capsys.readouterr().out) == CONTENT


def test_the_command_says_that_a_version_has_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    choose_site(monkeypatch, {})
    with pytest.raises(CommandError, match="Version 3 was registered without a model card"):
        versions.show_card(Namespace(target=None, version="3", json=False))

"""Names before they exist."""

from __future__ import annotations

from typing import Any

import pytest

from seedcode.stack.resolve import Resolver, pseudo_parameters

DOCUMENT = {
    "Conditions": {
        "Given": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Id"}, ""]}]},
        "Never": {"Fn::And": [{"Condition": "Given"}, {"Fn::Equals": ["a", "b"]}]},
        "Either": {"Fn::Or": [{"Condition": "Never"}, {"Fn::Equals": ["a", "a"]}]},
    }
}
VALUES = {"Name": "scones", "Id": "", "List": "a,b", **pseudo_parameters("123456789012", "eu-west-1", "stack")}


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ("plain", "plain"),
        (7, "7"),
        ({"Ref": "Name"}, "scones"),
        ({"Fn::Sub": "${Name}-${AWS::AccountId}-${!Literal}"}, "scones-123456789012-${Literal}"),
        ({"Fn::Sub": ["${Own}/${Name}", {"Own": {"Ref": "List"}}]}, "a,b/scones"),
        ({"Fn::If": ["Given", {"Ref": "Id"}, {"Ref": "Name"}]}, "scones"),
        ({"Fn::Join": ["-", [{"Ref": "Name"}, "x"]]}, "scones-x"),
        ({"Fn::Join": ["+", {"Ref": "List"}]}, "a+b"),
        ({"Fn::Select": [1, {"Fn::Split": [",", {"Ref": "List"}]}]}, "b"),
        ({"Fn::Select": [5, ["a"]]}, None),
        ({"Fn::GetAtt": ["Key", "Arn"]}, None),
        ({"Fn::Sub": "${Bucket.Arn}/x"}, None),
        ({"Ref": "Bucket"}, None),
        (None, None),
    ],
)
def test_a_name_is_what_cloudformation_will_make_of_it_or_unknown(node: Any, text: str | None) -> None:
    assert Resolver(DOCUMENT, VALUES).text(node) == text


def test_conditions_hold_as_their_parameters_say() -> None:
    resolver = Resolver(DOCUMENT, VALUES)
    assert [resolver.holds(name) for name in ("Given", "Never", "Either")] == [False, False, True]
    assert resolver.exists({})
    assert not resolver.exists({"Condition": "Given"})
    assert Resolver(DOCUMENT, {**VALUES, "Id": "p-1"}).exists({"Condition": "Given"})


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_every_partition_has_its_own_names(region: str, partition: str, suffix: str) -> None:
    found = pseudo_parameters("1", region, "s")
    assert (found["AWS::Partition"], found["AWS::URLSuffix"]) == (partition, suffix)

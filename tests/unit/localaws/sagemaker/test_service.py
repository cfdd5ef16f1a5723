"""The protocol: unknown, malformed and misshaped requests, and how they are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from localaws import shapes
from localaws.operations import SAGEMAKER

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Api


def test_an_operation_that_sagemaker_does_not_have_is_unknown(api: Api) -> None:
    status, answer = api.raw("BakeScones", b"{}")
    assert (status, answer["__type"]) == (404, "UnknownOperationException")
    assert "'BakeScones'" in answer["message"]


def test_an_operation_that_is_not_emulated_is_refused_in_a_sentence_of_at_most_200_letters(api: Api) -> None:
    code, sentence = api.refused("CreateNotebookInstance")
    assert code == "UnsupportedOperation"
    assert "does not emulate CreateNotebookInstance" in sentence
    assert "docs/local-aws.md" in sentence
    assert len(sentence) <= 200


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(api: Api, body: bytes) -> None:
    status, answer = api.raw("ListModels", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


def test_an_empty_body_is_an_empty_request(api: Api) -> None:
    assert api.raw("ListModels", b"") == (200, {"Models": []})


def test_an_unexpected_error_is_answered_with_its_words(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the oven is cold")

    broken_list = replace(SAGEMAKER.operations["ListModels"], handler=broken)
    monkeypatch.setitem(SAGEMAKER.operations, "ListModels", broken_list)
    status, answer = api.raw("ListModels", b"{}")
    assert (status, answer["__type"]) == (500, "InternalFailure")
    assert "RuntimeError: the oven is cold" in answer["message"]


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({}, "Value null at 'modelName' failed to satisfy constraint: Member must not be null"),
        ({"ModelName": "-"}, "Value '-' at 'modelName' failed to satisfy constraint: Member must satisfy regular"),
        ({"ModelName": "m" * 64}, "Member must have length less than or equal to 63"),
        ({"ModelName": 7}, "Value at 'modelName' has type int; it must be of type string"),
        ({"ModelName": "m", "PrimaryContainer": {"Mode": "Both"}}, "Member must satisfy enum value set: [SingleModel"),
        ({"ModelName": "m", "EnableNetworkIsolation": 1}, "has type int; it must be of type boolean"),
        ({"ModelName": "m", "ExecutionRoleArn": "short"}, "Member must have length greater than or equal to 20"),
        (
            {"ModelName": "m", "PrimaryContainer": {"Environment": {"A B": "x"}}},
            "at 'primaryContainer.environment.key' failed to satisfy constraint",
        ),
        (
            {"ModelName": "m", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "other"}]},
            "Value null at 'tags.2.member.value'",
        ),
    ],
)
def test_a_request_of_the_wrong_shape_is_refused_with_member_and_rule(
    api: Api, request_: dict[str, object], sentence: str
) -> None:
    code, said = api.refused("CreateModel", **request_)
    assert code == "ValidationException"
    assert sentence in said


def test_a_number_out_of_range_is_refused(api: Api) -> None:
    assert "value greater than or equal to 1" in api.refused("ListModels", MaxResults=0)[1]
    assert "value less than or equal to 100" in api.refused("ListModels", MaxResults=101)[1]


def test_a_boolean_is_no_number(api: Api) -> None:
    assert "has type bool; it must be of type integer" in api.refused("ListModels", MaxResults=True)[1]


def test_all_problems_are_reported_at_once(api: Api) -> None:
    sentence = api.refused("AddTags", ResourceArn="nothing", Tags=[{"Key": "", "Value": "v"}])[1]
    assert sentence.startswith("2 validation errors detected: ")


def test_a_member_that_the_model_does_not_know_is_let_through_as_aws_does(api: Api) -> None:
    assert api("ListModels", Unheard="of") == {"Models": []}


def test_an_answer_has_only_the_members_of_its_output_shape(api: Api) -> None:
    api("CreateModel", ModelName="m", PrimaryContainer={"Image": "image:1"}, Tags=[{"Key": "k", "Value": "v"}])
    assert "Tags" not in api("DescribeModel", ModelName="m")


def test_every_pattern_of_the_operations_compiles() -> None:
    def compile_all(shape: shapes.Shape, seen: set[str]) -> int:
        if shape is None or shape.name in seen:
            return 0
        seen.add(shape.name)
        count = 0
        if "pattern" in shape.metadata:
            shapes._compiled(shape.metadata["pattern"])
            count = 1
        inner = {
            "structure": lambda: list(shape.members.values()),
            "list": lambda: [shape.member],
            "map": lambda: [shape.key, shape.value],
        }.get(shape.type_name, list)()
        return count + sum(compile_all(item, seen) for item in inner)

    seen: set[str] = set()
    model = shapes.service_model()
    assert sum(compile_all(model.operation_model(name).input_shape, seen) for name in SAGEMAKER.operations) > 50


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"[\p{L}\p{M}\p{Z}\p{N}\p{P}]*", "Größe 3,28!", "a\u0000b"),
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)${1,256}", "team=bakery", "a<b"),
        (r"(https|s3)://([^/]+)/?(.*)", "s3://bucket/key", "bucket/key"),
    ],
)
def test_patterns_written_for_java_hold_in_python(pattern: str, good: str, bad: str) -> None:
    assert shapes._compiled(pattern).fullmatch(good)
    assert not shapes._compiled(pattern).fullmatch(bad)

"""The functions' code under its version."""

from __future__ import annotations

from seedcode.stack.functions import Code, build_code, upload_code
from seedcode.stack.spec import Account


def test_the_same_code_has_the_same_version_and_any_other_has_another() -> None:
    assert build_code().version == build_code().version
    assert Code({"a": b"1"}).version != Code({"a": b"2"}).version != Code({"b": b"2"}).version


def test_parameters_name_what_was_uploaded(aws: Account) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="own", CreateBucketConfiguration={"LocationConstraint": aws.region})
    code = Code({"one": b"1", "two": b"2"}, layer=b"3")
    upload_code(s3, "own", code)
    upload_code(s3, "own", code)
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket="own")["Contents"]]
    version, layer = code.parameters["CodeVersion"], code.parameters["LayerKey"]
    assert sorted(keys) == sorted([layer, f"code/{version}/one.zip", f"code/{version}/two.zip"])


def test_without_a_layer_the_stacks_own_stays() -> None:
    assert "LayerKey" not in Code({"one": b"1"}).parameters

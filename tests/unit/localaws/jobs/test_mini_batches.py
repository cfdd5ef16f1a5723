"""What is sent of an object at once, and how answers become one."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.failures import ClientFailure
from localaws.jobs.mini_batches import MiniBatches, assemble, read_mini_batches

TABLE = b"1,2\n3,4\r\n5,6"


@pytest.mark.parametrize(
    ("members", "split", "expected"),
    [
        ({}, {}, [TABLE]),
        ({"BatchStrategy": "SingleRecord"}, {}, [TABLE]),
        ({}, {"SplitType": "None"}, [TABLE]),
        ({}, {"SplitType": "Line"}, [TABLE]),
        ({"BatchStrategy": "SingleRecord"}, {"SplitType": "Line"}, [b"1,2\n", b"3,4\r\n", b"5,6"]),
    ],
)
def test_an_object_is_sent_as_the_request_says(members: Any, split: Any, expected: list[bytes]) -> None:
    batches = read_mini_batches({**members, "TransformInput": split})
    assert batches.most_bytes == 6 << 20
    assert list(batches.split(TABLE, "t.csv")) == expected


def test_what_a_request_leaves_out_the_container_says() -> None:
    said = {"BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 2}
    found = read_mini_batches({"TransformInput": {"SplitType": "Line"}}, said)
    assert (found.one_record, found.most_bytes) == (True, 2 << 20)
    asked = {"BatchStrategy": "MultiRecord", "MaxPayloadInMB": 1, "TransformInput": {}}
    assert read_mini_batches(asked, said) == MiniBatches(by_line=False, one_record=False, most_bytes=1 << 20)
    odd = {"BatchStrategy": "ALL", "MaxPayloadInMB": "much"}
    assert read_mini_batches({"TransformInput": {}}, odd) == read_mini_batches({"TransformInput": {}})


def test_as_many_lines_are_sent_as_the_payload_holds() -> None:
    batches = MiniBatches(by_line=True, one_record=False, most_bytes=9)
    assert list(batches.split(b"1,2\n3,4\n5,6\n7,8\n", "t.csv")) == [b"1,2\n3,4\n", b"5,6\n7,8\n"]
    assert list(batches.split(b"", "t.csv")) == []


@pytest.mark.parametrize(("by_line", "words"), [(True, "a line has 4 bytes"), (False, "or set SplitType to Line")])
def test_what_is_larger_than_the_payload_fails_the_job(by_line: bool, words: str) -> None:
    batches = MiniBatches(by_line=by_line, one_record=True, most_bytes=3)
    with pytest.raises(ClientFailure, match=words):
        list(batches.split(b"1,2\n", "t.csv"))


def test_answers_are_put_together_as_they_are_or_each_with_an_end_of_line() -> None:
    assert assemble([b"1", b"2\n"], by_line=False) == b"12\n"
    assert assemble([b"1", b"2\n", b"3\n4"], by_line=True) == b"1\n2\n3\n4\n"

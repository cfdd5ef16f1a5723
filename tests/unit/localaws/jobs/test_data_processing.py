"""Filters and joins of batch transform: what of a record is sent, and what is kept of it with its answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localaws.failures import ClientFailure
from localaws.jobs.data_processing import CSV, JSON, LINES, DataProcessing, read_data_processing
from localaws.jobs.record_paths import NothingThere, parse_path

RECORD = {"id": 7, "features": {"age": 30, "names": ["a", "b", "c"]}, "last-name": "x", "rows": [[1, 2], [3, 4]]}
ROW = ["7", "30", "a", "b"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", RECORD),
        ("$.id", 7),
        ("$['id']", 7),
        ("$['id', 'last-name']", {"id": 7, "last-name": "x"}),
        ("$.features.names", ["a", "b", "c"]),
        ("$.features.['age','names']", {"age": 30, "names": ["a", "b", "c"]}),
        ("$.features['names'][-1]", "c"),
        ("$.features.names[0,-1]", ["a", "c"]),
        ("$.features.names[1:]", ["b", "c"]),
        ("$.features.names[:2]", ["a", "b"]),
        ("$.features.*", [30, ["a", "b", "c"]]),
        ("$.rows[*]", [[1, 2], [3, 4]]),
        ("$.rows[1][0]", 3),
    ],
)
def test_a_path_leaves_a_part_of_an_object(path: str, found: Any) -> None:
    assert parse_path(path, JSON).select(RECORD) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$[0]", "7"),
        ("$[1:]", ["30", "a", "b"]),
        ("$[0,-1]", ["7", "b"]),
        ("$[0, 2:]", ["7", "a", "b"]),
        ("$[-2:]", ["a", "b"]),
        ("$[:]", ROW),
        ("$[*]", ROW),
    ],
)
def test_a_path_leaves_fields_of_a_row(path: str, found: Any) -> None:
    assert parse_path(path, CSV).select(ROW) == found


@pytest.mark.parametrize(
    ("path", "content_type", "words"),
    [
        ("$.my_id", JSON, 'Unexpected "_" in JsonPath. Supported operators for "application/json" are'),
        ("$..id", JSON, "Unable to read JsonPath"),
        ("$[?(1)]", JSON, 'Unexpected "?" in JsonPath'),
        ("$['a'", JSON, "Unable to read JsonPath"),
        ("$[1", CSV, "Unable to read JsonPath"),
        ("$[]", CSV, "Unable to read JsonPath"),
        ("$[1:2:3]", CSV, "Unable to read JsonPath"),
        ("$[-]", CSV, "Unable to read JsonPath"),
        ("$.id", CSV, 'Unexpected "." in JsonPath. Supported operators for "text/csv" are'),
        ("id", JSON, "JsonPath must start with $"),
        ("", JSON, "JsonPath must start with $"),
    ],
)
def test_what_is_no_path_of_aws_s_is_refused(path: str, content_type: str, words: str) -> None:
    with pytest.raises(ValueError, match="JsonPath") as refused:
        parse_path(path, content_type)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "path", ["$.no", "$['id','no']", "$.id.age", "$.features.names[9]", "$.features[0]", "$.id[*]"]
)
def test_a_path_that_leads_nowhere_says_so(path: str) -> None:
    with pytest.raises(NothingThere):
        parse_path(path, JSON).select(RECORD)


def processing(content_type: str, split: str = "None", **given: str) -> DataProcessing:
    job = {
        "TransformInput": {"ContentType": content_type, "SplitType": split},
        "TransformOutput": {},
        "DataProcessing": given,
    }
    found = read_data_processing(job)
    assert found
    return found


# AWS's page has each of these: inferences with their inputs, without the ID for the model, and with the ID alone.
def test_rows_are_joined_without_the_id_for_the_model_and_kept_with_the_id_alone() -> None:
    rows = processing(
        "text/csv; charset=utf-8", "Line", InputFilter="$[1:]", JoinSource="Input", OutputFilter="$[0,-1]"
    )
    body = b'1,"a, b",3\n2,c,4\n'
    assert rows.before(body, "x") == b'"a, b",3\nc,4\n'
    assert rows.after(body, b"0.5\n0.25\n", "x") == b"1,0.5\n2,0.25\n"


def test_a_joined_row_has_the_fields_of_its_answer_last() -> None:
    rows = processing(CSV, JoinSource="Input")
    assert rows.before(b"1,2\n", "x") == b"1,2\n"
    assert rows.after(b"1,2", b"0.1,0.9", "x") == b"1,2,0.1,0.9\n"


def test_an_object_gets_the_answer_and_its_filter_keeps_the_id() -> None:
    one = processing(JSON, InputFilter="$.features", JoinSource="Input", OutputFilter="$['id','SageMakerOutput']")
    body = b'{"id": 1, "features": [1, 2]}'
    assert one.before(body, "x") == b"[1,2]"
    assert json.loads(one.after(body, b'{"score": 0.5}', "x")) == {"id": 1, "SageMakerOutput": {"score": 0.5}}


def test_what_is_no_object_becomes_the_input_of_one() -> None:
    one = processing(JSON, JoinSource="Input")
    assert json.loads(one.after(b"[1, 2]", b"0.5", "x")) == {"SageMakerInput": [1, 2], "SageMakerOutput": 0.5}


def test_each_line_of_json_lines_is_joined() -> None:
    lines = processing(LINES, "Line", InputFilter="$.a", JoinSource="Input")
    body = '{"a": "ü"}\n{"a": 2}\n'.encode()
    assert lines.before(body, "x") == '"ü"\n2\n'.encode()
    kept = lines.after(body, b"1\n2\n", "x").decode().splitlines()
    assert [json.loads(line) for line in kept] == [{"a": "ü", "SageMakerOutput": 1}, {"a": 2, "SageMakerOutput": 2}]


def test_an_output_filter_needs_no_join() -> None:
    assert processing(CSV, OutputFilter="$[0]").after(b"1", b"2,3\n4,5\n", "x") == b"2\n4\n"


def test_answers_that_are_more_or_fewer_than_the_records_cannot_be_joined() -> None:
    with pytest.raises(ClientFailure, match=r"a: Fail to join data: mismatched line count between the input and the"):
        processing(CSV, JoinSource="Input").after(b"1\n2\n", b"1\n", "a")


def test_records_that_cannot_be_read_or_filtered_fail_the_job_by_the_object_s_name() -> None:
    with pytest.raises(ClientFailure, match="a cannot be read as application/json"):
        processing(JSON, InputFilter="$.a").before(b"{", "a")
    with pytest.raises(ClientFailure, match="a: the answer cannot be read as application/json"):
        processing(JSON, OutputFilter="$.a").after(b"{}", b"oops", "a")
    with pytest.raises(ClientFailure, match=r"a: InputFilter \$\[3\] leads to nothing in a record"):
        processing(CSV, InputFilter="$[3]").before(b"1,2", "a")


@pytest.mark.parametrize("given", [{}, {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}])
def test_nothing_is_read_where_nothing_is_asked_for(given: dict[str, str]) -> None:
    job = {"TransformInput": {"ContentType": "image/png"}, "TransformOutput": {}, "DataProcessing": given}
    assert read_data_processing(job) is None


def test_an_answer_of_another_type_than_the_input_cannot_be_joined() -> None:
    job = {
        "TransformInput": {"ContentType": CSV},
        "TransformOutput": {"Accept": JSON},
        "DataProcessing": {"JoinSource": "Input"},
    }
    with pytest.raises(ValueError, match="must be the same"):
        read_data_processing(job)

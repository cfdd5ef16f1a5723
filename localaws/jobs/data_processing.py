"""A transform job's DataProcessing: what of each record is sent, and what of it and its answer is kept together.

https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html and
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataProcessing.html: a row of CSV is an array of its
fields, to which the fields of the answer are appended; an object gets the answer as SageMakerOutput, and what is no
object becomes SageMakerInput of a new one.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from localaws.failures import ClientFailure
from localaws.jobs.record_paths import NothingThere, RecordPath, parse_path
from localaws.shapes import Document

CSV = "text/csv"
JSON = "application/json"
LINES = "application/jsonlines"
CONTENT_TYPES = (CSV, JSON, LINES)
_NOTHING = ("$", "", "None", None)
_INPUT, _OUTPUT = "SageMakerInput", "SageMakerOutput"


@dataclass(frozen=True)
class DataProcessing:
    """How the records of a content type are filtered and joined; `by_line`: each line of a body is one."""

    content_type: str
    by_line: bool
    input_filter: RecordPath
    output_filter: RecordPath
    joins: bool

    def before(self, body: bytes, name: str) -> bytes:
        """What is sent of a body; raises ClientFailure for records that cannot be read or filtered."""
        if not self.input_filter.steps:
            return body
        return self._write([_select(self.input_filter, "InputFilter", item, name) for item in self._read(body, name)])

    def after(self, body: bytes, answer: bytes, name: str) -> bytes:
        """What is kept of a body and its answer; raises ClientFailure where they do not fit together."""
        if not self.joins and not self.output_filter.steps:
            return answer
        records = self._read(answer, f"{name}: the answer")
        if self.joins:
            given = self._read(body, name)
            if len(given) != len(records):
                raise ClientFailure(
                    f"{name}: Fail to join data: mismatched line count between the input and the output "
                    f"({len(given)} and {len(records)})."
                )
            records = [self._join(*pair) for pair in zip(given, records, strict=True)]
        return self._write([_select(self.output_filter, "OutputFilter", item, name) for item in records])

    def _join(self, given: Any, answer: Any) -> Any:  # noqa: ANN401 - JSON of any type
        if self.content_type == CSV:
            return [*given, *answer]
        return {**(given if isinstance(given, dict) else {_INPUT: given}), _OUTPUT: answer}

    def _read(self, body: bytes, name: str) -> list[Any]:
        try:
            text = body.decode("utf-8-sig")
            if self.content_type == CSV:
                return [row for row in csv.reader(io.StringIO(text)) if row]
            lines = [line for line in text.splitlines() if line.strip()] if self.by_line else [text]
            return [json.loads(line) for line in lines]
        except (ValueError, csv.Error, RecursionError) as error:
            raise ClientFailure(f"{name} cannot be read as {self.content_type}: {error}.") from error

    def _write(self, records: list[Any]) -> bytes:
        if self.content_type == CSV:
            buffer = io.StringIO()
            csv.writer(buffer, lineterminator="\n").writerows(
                item if isinstance(item, list) else [item] for item in records
            )
            return buffer.getvalue().encode()
        texts = [json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in records]
        return "".join(f"{text}\n" for text in texts).encode() if self.by_line else "".join(texts).encode()


def read_data_processing(job: Document) -> DataProcessing | None:
    """What a transform job's request says of its records, None where it asks for nothing; raises ValueError."""
    given = {name: value for name, value in (job.get("DataProcessing") or {}).items() if value not in _NOTHING}
    if not given:
        return None
    source = job["TransformInput"]
    content_type = _bare(source.get("ContentType"))
    if content_type not in CONTENT_TYPES:
        raise ValueError(
            f"DataProcessing is not supported for the ContentType {source.get('ContentType')!r}. Supported content "
            f"types are [{', '.join(CONTENT_TYPES)}]"
        )
    accept = _bare(job["TransformOutput"].get("Accept")) or content_type
    joins = "JoinSource" in given
    if accept != content_type and (joins or "OutputFilter" in given):
        raise ValueError(
            f"Accept {accept!r} and ContentType {content_type!r} must be the same where DataProcessing joins or "
            "filters what the model answers"
        )
    return DataProcessing(
        content_type=content_type,
        by_line=content_type != JSON or source.get("SplitType") == "Line",
        input_filter=_parse("InputFilter", given, content_type),
        output_filter=_parse("OutputFilter", given, content_type),
        joins=joins,
    )


def _parse(member: str, given: Document, content_type: str) -> RecordPath:
    text = given.get(member, "$")
    try:
        return parse_path(text, content_type)
    except ValueError as error:
        raise ValueError(f'Invalid {member}: "{text}". {error}') from error


def _bare(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def _select(path: RecordPath, member: str, record: Any, name: str) -> Any:  # noqa: ANN401 - JSON of any type
    try:
        return path.select(record)
    except NothingThere as error:
        raise ClientFailure(f"{name}: {member} {path.text} leads to nothing in a record.") from error

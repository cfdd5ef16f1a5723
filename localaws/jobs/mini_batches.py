"""What a transform job sends of an object at once, and how the answers are put together.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformInput.html (SplitType),
API_CreateTransformJob.html (BatchStrategy, MaxPayloadInMB) and API_TransformOutput.html (AssembleWith)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from localaws.failures import ClientFailure
from localaws.shapes import Document

_MEGABYTE = 1 << 20
_DEFAULT_MEGABYTES = 6
_NEWLINE = b"\n"


@dataclass(frozen=True)
class MiniBatches:
    """By lines or whole; one record at once, or as many as the payload holds."""

    by_line: bool
    one_record: bool
    most_bytes: int

    def split(self, content: bytes, name: str) -> Iterator[bytes]:
        """The requests of an object; raises ClientFailure where one is larger than the payload may be."""
        for part in self._split(content):
            if len(part) > self.most_bytes:
                raise ClientFailure(
                    f"{name}: {'a line' if self.by_line else 'the object'} has {len(part)} bytes, and MaxPayloadInMB "
                    f"allows {self.most_bytes}: {'raise it' if self.by_line else 'raise it, or set SplitType to Line'}."
                )
            yield part

    def _split(self, content: bytes) -> Iterator[bytes]:
        if not self.by_line:
            yield content
            return
        batch: list[bytes] = []
        size = 0
        for line in content.splitlines(keepends=True):
            if batch and (self.one_record or size + len(line) > self.most_bytes):
                yield b"".join(batch)
                batch, size = [], 0
            batch.append(line)
            size += len(line)
        if batch:
            yield b"".join(batch)


def read_mini_batches(job: Document, said: Document | None = None) -> MiniBatches:
    """How a transform job's request says that objects are sent, and where it does not, what the container said.

    https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html (execution parameters)
    """
    preferred = said or {}
    strategy = job.get("BatchStrategy") or preferred.get("BatchStrategy") or "MultiRecord"
    given = job.get("MaxPayloadInMB") or preferred.get("MaxPayloadInMB")
    return MiniBatches(
        by_line=job["TransformInput"].get("SplitType", "None") == "Line",
        # The request writes it as SingleRecord, containers as SINGLE_RECORD.
        one_record=str(strategy).replace("_", "").lower() == "singlerecord",
        most_bytes=(given if isinstance(given, int) and given > 0 else _DEFAULT_MEGABYTES) * _MEGABYTE,
    )


def assemble(answers: Iterable[bytes], *, by_line: bool) -> bytes:
    """The answers of an object as one; `by_line`: each ends its line."""
    return b"".join(answer + _NEWLINE if by_line and not answer.endswith(_NEWLINE) else answer for answer in answers)

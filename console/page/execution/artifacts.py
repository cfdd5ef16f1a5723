"""Files that a step has made: which may be opened or downloaded, and the address of each on the page."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote, urlencode

from starlette.requests import Request

from console import executions
from console.errors import CommandError
from console.page import storage
from console.page.execution.reader import find_arn
from console.page.jobs import fetch_job, list_outputs
from console.page.source import Source

ROUTE = "/artifact/{identifier}/{step}"
_LARGEST = 256 * 1024 * 1024
# What a browser may show: the page's policy lets none of it do anything. Everything else is downloaded.
_SHOWN = {
    ".html": "text/html; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    **dict.fromkeys((".json", ".jsonl", ".txt", ".csv", ".lst", ".log", ".yaml"), "text/plain; charset=utf-8"),
}


def write_address(identifier: str, step: str, output: str, file: str) -> str:
    """The page's address of a file of an output; an empty name is the output itself, such as model.tar.gz."""
    place = f"/artifact/{quote(identifier, safe='')}/{quote(step, safe='')}"
    return f"{place}?{urlencode({'output': output, 'file': file})}"


def is_shown(file: str) -> bool:
    """Whether a browser shows this file; others can be downloaded only."""
    return PurePosixPath(file).suffix.lower() in _SHOWN


def fetch_artifact(source: Source, request: Request) -> tuple[bytes, str]:
    """A file of a step's output and its media type; nothing else in the bucket is answered."""
    output, file = request.query_params.get("output", ""), request.query_params.get("file", "")
    arn = find_arn(source, request.path_params["identifier"])
    steps = executions.fetch_steps(source.client("sagemaker"), arn) if arn else {}
    step = steps.get(request.path_params["step"], {})
    _, job = fetch_job(source, step.get("Metadata", {}))
    root = dict(list_outputs(job or {})).get(output, "")
    if not root or ".." in PurePosixPath(file).parts:
        raise CommandError(f"The step has no output {output!r} with a file {file!r}.")
    uri = f"{root.rstrip('/')}/{file}" if file else root
    content = storage.fetch(source, uri, _LARGEST)
    if content is None:
        raise CommandError(f"There is nothing at {uri}.")
    return content, _SHOWN.get(PurePosixPath(uri).suffix.lower(), "application/octet-stream")

"""`scones classify`: send pictures through the inference workflow."""

from __future__ import annotations

import hashlib
import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from console.errors import CommandError
from console.output import say
from console.target import Target, choose

_LARGEST = 16 * 1024 * 1024


def add_arguments(parser: ArgumentParser) -> None:
    """Files or S3 addresses."""
    parser.add_argument("pictures", nargs="+", metavar="FILE|S3", help="a PNG or JPEG file, or its s3:// address")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Print an answer a picture; exit with 1 where one could not be classified."""
    target = choose(options.target)
    answers = [classify(target, picture) for picture in options.pictures]
    if options.json:
        print(json.dumps(answers, indent=2))
    else:
        for item in answers:
            say(in_words(item))
    return 1 if any("error" in item for item in answers) else 0


def classify(target: Target, picture: str) -> dict[str, Any]:
    """The workflow's answer for one picture, or {"picture", "error"} with the reason."""
    from console import workflow

    try:
        uri = picture if picture.startswith("s3://") else _upload(target, Path(picture))
        arn = workflow.start(target, "inference", {"image_uri": uri})
        return {"picture": picture, **workflow.answer(target, arn)}
    except workflow.NothingServesError:
        raise
    except CommandError as error:
        return {"picture": picture, "error": str(error)}


def in_words(item: dict[str, Any]) -> str:
    """One line for a person."""
    if "error" in item:
        return f"{item['picture']}: refused: {item['error']}"
    sure = f"{item['label']} ({float(item['confidence']):.1%} sure, version {item['model_version']})"
    if item["status"] == "NEEDS_REVIEW":
        return f"{item['picture']}: {sure}: not sure enough, a person decides: {item.get('review_uri', 'review/')}"
    return f"{item['picture']}: {sure}: {item['assignment']}"


def _upload(target: Target, path: Path) -> str:
    if not path.is_file():
        raise CommandError(f"{path} is not a file; give a PNG or JPEG file, or an s3:// address.")
    if path.stat().st_size > _LARGEST:
        raise CommandError(f"{path} has {path.stat().st_size} bytes; at most {_LARGEST} are allowed.")
    content = path.read_bytes()
    key = f"incoming-inference/{hashlib.sha256(content).hexdigest()[:16]}-{path.name}"
    target.client("s3").put_object(Bucket=target.project.bucket, Key=key, Body=content)
    return f"s3://{target.project.bucket}/{key}"

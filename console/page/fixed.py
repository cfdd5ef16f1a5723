"""What of an execution never changes: its definition and its parameters, fetched once."""

from __future__ import annotations

import hashlib
import json

from console import executions
from console.executions import Fixed
from console.page.source import Source


def fetch_fixed(source: Source, arn: str) -> Fixed:
    """What of an execution never changes; executions of one definition share it in memory."""

    def fetch() -> Fixed:
        found = executions.fetch_fixed(source.client("sagemaker"), arn)
        text = json.dumps(found.definition, sort_keys=True).encode()
        shared = source.once(("definition", hashlib.sha256(text).digest()), lambda: found.definition)
        return Fixed(shared, found.parameters)

    return source.once(("fixed", arn), fetch)

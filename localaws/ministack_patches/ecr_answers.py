"""How ECR answers and refuses, in its own codes and words, for the two modules that patch MiniStack's ECR."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Operation = Callable[[Document], Response]
Ecr = Any  # MiniStack's module, which has no types


def answer(content: Document) -> Response:
    """Answer with a document."""
    from ministack.core.responses import json_response  # noqa: PLC0415 - after configure()

    response: Response = json_response(content)
    return response


def refuse(code: str, message: str) -> Response:
    """Refuse with one of ECR's exceptions."""
    from ministack.core.responses import error_response_json  # noqa: PLC0415 - after configure()

    response: Response = error_response_json(code, message, 400)
    return response


def find_missing_repository(ecr: Ecr, data: Document) -> Response | None:
    """Refuse a request to a repository that does not exist; None where it does."""
    name = data.get("repositoryName", "")
    if name in ecr._repositories:
        return None
    registry = ecr._registry_id()
    return refuse(
        "RepositoryNotFoundException",
        f"The repository with name '{name}' does not exist in the registry with id '{registry}'",
    )


def place(ecr: Ecr, data: Document) -> str:
    """Name the repository of a request as ECR's messages do, after "the repository with"."""
    return f"name '{data.get('repositoryName', '')}' in the registry with id '{ecr._registry_id()}'"

"""What the local AWS makes of each member of each operation, written for people: `python -m localaws.coverage`.

Services that are not listed are MiniStack's, which has no such lists.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from botocore.model import Shape

from localaws import services
from localaws.ministack_patches.step_functions import integrations
from localaws.operations import Operation

_HEAD = """# What the local AWS honours

Written by `python -m localaws.coverage` from the declarations that requests are held against: change those, not this.

- **Honoured**: acted on as on AWS.
- **Kept**: described back and of no other effect here, such as a volume's size or its key.
- **Only**: of this member these values are honoured, and others refused.
- **Refused**: `ValidationException` (CodeBuild: `UnsupportedOperation`) with the member's name, unless the value asks
  for nothing (null, false, empty, `None`).

A member stands for all below it. Other services than these, such as S3, IAM, Lambda, Step Functions and EventBridge,
are [MiniStack](https://pypi.org/project/ministack/)'s, with the patches of `localaws/ministack_patches/`; they have no
such lists. Any other operation of the services below is refused by its name.

## Step Functions' integrations

A Task calls a function, an activity, or one of these; any other is refused when its state machine is created. Of
`aws-sdk:sagemaker` each operation below runs, of `aws-sdk:sagemakerruntime` InvokeEndpoint, and of other services what
MiniStack has.

"""


def write_page() -> str:
    """The page, as Markdown."""
    parts = [_HEAD, *_list_integrations()]
    for service in sorted(services.ALL, key=lambda it: it.title):
        parts.append(f"\n## {service.title}\n")
        whole = [name for name, operation in sorted(service.operations.items()) if _is_whole(operation)]
        if whole:
            parts.append(f"\nEvery member is honoured: {', '.join(whole)}.\n")
        for name, operation in sorted(service.operations.items()):
            if name not in whole:
                parts.append(f"\n### {name}\n\n" + "".join(_lines(operation)))
    return "".join(parts)


def _list_integrations() -> Iterator[str]:
    for name, patterns in sorted(integrations.OPTIMIZED.items()):
        waits = f", also `.{'` and `.'.join(patterns)}`" if patterns else ""
        yield f"- `{name}`{waits}\n"


def find_sides(operation: Operation) -> dict[str, list[str]]:
    """The members of an operation by what becomes of them, each as high up as all below it share that."""
    found: dict[str, list[str]] = {"honoured": [], "kept": [], "only": [], "refused": []}
    if operation.shape is not None:
        for path in _tops(operation, operation.shape, "", ()):
            found[operation.members.side(path)].append(path)
    return found


def list_leaves(shape: Shape, path: str = "", seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Every member that holds no others, by its path; of a shape within itself, the first."""
    inner = _members(shape)
    if not inner or shape.name in seen:
        yield path
        return
    for name, member in inner.items():
        yield from list_leaves(member, f"{path}.{name}" if path else name, (*seen, shape.name))


def _tops(operation: Operation, shape: Shape, path: str, seen: tuple[str, ...]) -> Iterator[str]:
    sides = {operation.members.side(leaf) for leaf in list_leaves(shape, path, seen)}
    if path and len(sides) == 1 and "only" not in sides:
        yield path
        return
    inner = {} if shape.name in seen else _members(shape)
    if not inner:
        yield path
    for name, member in inner.items():
        yield from _tops(operation, member, f"{path}.{name}" if path else name, (*seen, shape.name))


def _members(shape: Shape) -> dict[str, Any]:
    while shape.type_name == "list":
        shape = shape.member
    return dict(shape.members) if shape.type_name == "structure" else {}


def _is_whole(operation: Operation) -> bool:
    sides = find_sides(operation)
    return not (sides["kept"] or sides["only"] or sides["refused"])


def _lines(operation: Operation) -> Iterator[str]:
    for side, paths in find_sides(operation).items():
        named = [
            f"`{path}` ({', '.join(map(str, operation.members.only[path]))})" if side == "only" else f"`{path}`"
            for path in paths
        ]
        if named:
            yield f"- {side.capitalize()}: {', '.join(named)}\n"


if __name__ == "__main__":
    sys.stdout.write(write_page())

"""One function's zip: its folder as a package, what it shares with others, and the workflow's definitions."""

import ast
import functools
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from seedcode.errors import PackagingError
from seedcode.packaging.archive import FUNCTION_LIMIT, write_archive

CHECKOUT = Path(__file__).parents[2]
HANDLER = "handler.py"
# refresh_workflow fills the definitions in, so they travel with it.
NEEDS_DEFINITIONS = "refresh_workflow"
SHARED = "common"


def list_functions(root: Path = CHECKOUT) -> list[str]:
    """Return the names of the functions: folders of `lambdas/` that have a handler."""
    return sorted(path.parent.name for path in (root / "lambdas").glob(f"*/{HANDLER}"))


def build_function(name: str, root: Path = CHECKOUT, folder: Path | None = None) -> Path:
    """Pack a function, say `deploy_model`; return `<folder>/<name>-<sha256>.zip`, by default in `dist/`.

    Lambda finds the handler as `<name>.handler.handler`. Raises PackagingError for a name that is no function.
    """
    functions = list_functions(root)
    if name not in functions:
        raise PackagingError(f"There is no function {name!r}; the functions are {', '.join(functions) or 'none'}.")
    files = _read_package(root / "lambdas" / name)
    if name == NEEDS_DEFINITIONS:
        files |= _read_definitions(root / "workflow", f"{name}/asl")
    files |= _read_shared(files, root)
    return write_archive(name, files, FUNCTION_LIMIT, folder or root / "dist")


def _read_package(package: Path) -> dict[str, bytes]:
    """Read a package's files by their names in the archive; what Python or an editor left there stays out."""
    return {
        f"{package.name}/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def _read_shared(files: Mapping[str, bytes], root: Path) -> dict[str, bytes]:
    """Read the modules of `common` that files import, and those that these import: others change no function's zip."""
    found: dict[str, bytes] = {}
    waiting = [source for path, source in files.items() if path.endswith(".py")]
    while waiting:
        for path in _imported(waiting.pop(), root) - found.keys():
            found[path] = (root / path).read_bytes()
            waiting.append(found[path])
    return found


def _imported(source: bytes, root: Path) -> set[str]:
    """Return the paths of the modules of `common` that a module names in its imports."""
    ours = {name.replace(".", "/") for name in _named(source)}
    # The last parent is the root, whose own __init__.py an installation has.
    parents = {parent for name in ours for parent in (PurePosixPath(name), *PurePosixPath(name).parents[:-1])}
    packages = {f"{parent}/__init__.py" for parent in parents}
    return {path for path in packages | {f"{name}.py" for name in ours} if (root / path).is_file()}


@functools.cache  # seven functions import much the same, and reading a module takes longer than packing it
def _named(source: bytes) -> frozenset[str]:
    """Return the names of `common` in a module's imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in names if name.split(".")[0] == SHARED)


def _read_definitions(workflow: Path, target: str) -> dict[str, bytes]:
    definitions = {f"{target}/{path.name}": path.read_bytes() for path in workflow.glob("*.asl.json")}
    if not definitions:
        raise PackagingError(f"There is no *.asl.json in {workflow}; write them with `python -m workflow`.")
    return definitions

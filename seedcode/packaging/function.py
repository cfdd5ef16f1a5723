"""One function's zip: its folder as a package, what it shares with others, and the workflow's definitions."""

from pathlib import Path

from seedcode.packaging.archive import FUNCTION_LIMIT, write_archive
from seedcode.packaging.errors import PackagingError

CHECKOUT = Path(__file__).parents[2]
HANDLER = "handler.py"
# refresh_workflow fills the definitions in, so they travel with it.
NEEDS_DEFINITIONS = "refresh_workflow"
# The modules of `common` that functions share with others.
SHARED = {
    "deploy_model": ("approved",),
    "filter_confidence": ("images",),
    "ingest_image": ("images",),
    "serialize_image": ("images",),
    "start_training": ("approved", "container_images"),
}


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
    if name in SHARED:
        paths = ["common/__init__.py", *(f"common/{module}.py" for module in SHARED[name])]
        files |= {path: (root / path).read_bytes() for path in paths}
    return write_archive(name, files, FUNCTION_LIMIT, folder or root / "dist")


def _read_package(package: Path) -> dict[str, bytes]:
    """Read a package's files by their names in the archive; what Python or an editor left there stays out."""
    return {
        f"{package.name}/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def _read_definitions(workflow: Path, target: str) -> dict[str, bytes]:
    definitions = {f"{target}/{path.name}": path.read_bytes() for path in workflow.glob("*.asl.json")}
    if not definitions:
        raise PackagingError(f"There is no *.asl.json in {workflow}; write them with `python -m workflow`.")
    return definitions

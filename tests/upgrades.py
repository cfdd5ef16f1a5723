"""`python -m tests.upgrades [VERSION]` (make upgrades): what an upgrade of MiniStack would break.

The pinned MiniStack and VERSION, or the newest one of the package index, are installed into folders of their own. Of
each, the names that localaws declares are looked up: one that is missing fails the start, one with another signature
may fail later.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

from localaws import ministack_patches
from localaws.aws import Aws
from localaws.clients import Clients
from localaws.events import Events
from localaws.keys import Credentials
from localaws.ministack.configuration import PINNED
from localaws.ministack.patching import Patch
from localaws.settings import Settings
from localaws.store import Store

Names = dict[str, str]
"""What each name is, in words: a signature, or a type."""

_LOOK_UP = """
import importlib, inspect, json, operator, re, sys
found = {}
for name in json.load(sys.stdin):
    module, _, path = name.partition(":")
    try:
        value = operator.attrgetter(path)(importlib.import_module(module))
    except (ImportError, AttributeError):
        continue
    what = str(inspect.signature(value)) if inspect.isroutine(value) else type(value).__name__
    found[name] = re.sub(" at 0x[0-9a-f]+", "", what)
kinds = importlib.import_module("ministack.services.cloudformation.provisioners")._RESOURCE_HANDLERS
print(json.dumps([found, {kind: sorted(handlers) for kind, handlers in kinds.items()}]))
"""


def main(words: list[str]) -> int:
    """Print the differences; the exit code is 1 where the pinned version lacks something, 2 where none is reached."""
    with tempfile.TemporaryDirectory() as folder:
        declared = _declared(Path(folder))
        names = sorted({name for patch in declared for name in _names(patch)})
        handlers = sorted({handler for patch in declared for handler in patch.handlers if handler[1] != "import"})
        releases: list[tuple[str, Names, dict[str, list[str]]]] = []
        for spec in (f"ministack=={PINNED}", f"ministack=={words[0]}" if words else "ministack"):
            target = Path(folder) / str(len(releases))
            version = _install(spec, target)
            if version is None:
                return 2
            releases.append((version, *_look_up(target, names)))
    (pinned, known, _), (other, found, kinds) = releases
    gone = [name for name in names if name not in known]
    print(f"pinned  {pinned}: {len(names)} names, {len(gone)} missing {' '.join(gone)}")
    lost = [name for name in known if name not in found]
    lost += [f"{kind} {operation}" for kind, operation in handlers if operation not in kinds.get(kind, [])]
    changed = [name for name, said in found.items() if known.get(name, said) != said]
    print(f"other   {other}: {len(lost)} missing, {len(changed)} changed")
    for name in lost:
        print(f"  missing  {name}")
    for name in changed:
        print(f"  changed  {name}: {known[name]} is {found[name]}")
    return 1 if gone else 0


def _declared(folder: Path) -> list[Patch]:
    settings = Settings(home=folder)
    store = Store(folder / "state.db")
    aws = Aws(settings, store, Events(store, lambda _: None), Clients(settings, Credentials("key", "secret")))
    declared = [*ministack_patches.load(aws).values(), *ministack_patches.load_readers().values()]
    store.close()
    return declared


def _names(patch: Patch) -> list[str]:
    """`module:name` of all that a patch declares of MiniStack."""
    groups = (patch.replaces, patch.enforced, patch.reads)
    pairs = [(module.__name__, name) for group in groups for module, names in group.items() for name in names]
    return [f"{module}:{name}" for module, name in pairs if module.startswith("ministack.")]


def _install(spec: str, target: Path) -> str | None:
    """Install a release without what it depends on; answers its version, or None where the index is not reached."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*pip, "--target", str(target), spec], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{spec} cannot be installed: {done.stderr.strip().splitlines()[-1]}")
        return None
    return next(iter(distributions(path=[str(target)]))).version


def _look_up(target: Path, names: list[str]) -> tuple[Names, dict[str, list[str]]]:
    """The names that a release has, and the operations of its CloudFormation types."""
    done = subprocess.run(
        [sys.executable, "-c", _LOOK_UP],
        input=json.dumps(names),
        env={**os.environ, "PYTHONPATH": str(target), "PERSIST_STATE": "0"},
        capture_output=True,
        text=True,
        check=True,
        cwd=target,
    )
    found, kinds = json.loads(done.stdout.strip().splitlines()[-1])
    return found, kinds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

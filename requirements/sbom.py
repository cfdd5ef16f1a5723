"""Writes dist/scones.cdx.json: what is installed, built upon and run for the project, as CycloneDX 1.6.

`make sbom` writes and validates it. It is made of the locks, the Dockerfile and the workflows alone; equal ones give
equal bytes. A component says in a property which of them name it.
"""

import ast
import base64
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "dist" / "scones.cdx.json"
PROPERTY = "scones:named-by"
INDEX = "https://pypi.org/project/{name}/{version}/"
PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)((?:[^\n\\]|\\\n)*)", re.MULTILINE)
SHA256 = re.compile(r"--hash=sha256:([0-9a-f]{64})")
BASE = re.compile(r"^FROM (?:(\S+)/)?([\w-]+):(\S+)@sha256:([0-9a-f]{64})", re.MULTILINE)
ACTION = re.compile(r"uses: ([\w.-]+)/([\w./-]+)@([0-9a-f]{40}) # (\S+)")
Component = dict[str, Any]


def read_components(root: Path = ROOT) -> list[Component]:
    """Return every component once, in the order of its package URL."""
    found: dict[str, Component] = {}
    for path in _list_sources(root):
        for component in _read(path):
            known = found.setdefault(component["purl"], component | {"properties": []})
            name = {"name": PROPERTY, "value": path.relative_to(root).as_posix()}
            if name not in known["properties"]:
                known["properties"].append(name)
    return [found[url] for url in sorted(found)]


def describe(root: Path = ROOT) -> dict[str, Any]:
    """Return the whole document; the project depends on all of it."""
    project = {"type": "application", "bom-ref": "scones", **_read_setup(root / "setup.py")}
    components = read_components(root)
    depends = {"ref": "scones", "dependsOn": [component["bom-ref"] for component in components]}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": project},
        "components": components,
        "dependencies": [depends],
    }


def _list_sources(root: Path) -> list[Path]:
    workflows = [*root.glob(".github/workflows/*.yml"), *root.glob("seedcode/github/*.yml")]
    npm = root / "requirements/npm/package-lock.json"
    return [
        *sorted((root / "requirements").glob("*.lock")),
        npm,
        root / "seedcode/Dockerfile",
        root / "Dockerfile",
        *sorted(workflows),
    ]


def _read(path: Path) -> Iterator[Component]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".lock":
        yield from (_python(*match) for match in PACKAGE.findall(text))
    elif path.suffix == ".json":
        yield from (_npm(place, entry) for place, entry in json.loads(text)["packages"].items() if place)
    elif path.suffix == ".yml":
        for owner, name, commit, tag in ACTION.findall(text):
            yield _component(
                "application", f"{owner}/{name}", tag, f"pkg:github/{owner.lower()}/{name.lower()}@{commit}"
            )
    else:
        for registry, name, tag, digest in BASE.findall(text):
            url = f"pkg:docker/{name}@{tag}" + (f"?repository_url={registry}" if registry else "")
            yield _component("container", name, tag, url) | {"hashes": [{"alg": "SHA-256", "content": digest}]}


def _python(name: str, version: str, rest: str) -> Component:
    """A version of a package: it has several files, each with a hash, of which one is installed."""
    hashes = [{"alg": "SHA-256", "content": digest} for digest in SHA256.findall(rest)]
    page = INDEX.format(name=name, version=version)
    url = f"pkg:pypi/{re.sub('[-_.]+', '-', name).lower()}@{version}"
    files = {"type": "distribution", "url": page, "hashes": hashes, "comment": "the hash of each of its files"}
    return _component("library", name, version, url) | {"externalReferences": [files]}


def _npm(place: str, entry: dict[str, Any]) -> Component:
    name = place.rpartition("node_modules/")[2]
    digest = base64.b64decode(entry["integrity"].removeprefix("sha512-")).hex()
    url = f"pkg:npm/{name.replace('@', '%40', 1)}@{entry['version']}"
    return _component("library", name, entry["version"], url) | {"hashes": [{"alg": "SHA-512", "content": digest}]}


def _component(kind: str, name: str, version: str, url: str) -> Component:
    return {"type": kind, "bom-ref": url, "name": name, "version": version, "purl": url}


def _read_setup(path: Path) -> dict[str, str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (call,) = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "setup"]
    words = {word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
    assigned = {ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
    version = ast.literal_eval(assigned["VERSION"])  # which both distributions have
    return {"name": str(words["name"]), "version": version, "description": str(words["description"])}


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(describe(), indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}: {len(read_components())} components\n")

"""What stands for which image, as rows for a person: the user's map, stand-ins, the catalogue, and what is made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localaws.images.builtin import MODEL_MONITOR, find_algorithm, find_processor
from localaws.images.catalogue.frameworks import REPOSITORIES, find_catalogued
from localaws.images.environments.environment import Environment
from localaws.images.environments.made import ABOUT
from localaws.images.environments.making import list_layers
from localaws.images.mapping import FILE, Mapped, load_mapping
from localaws.images.programs import find_environment
from localaws.platforms import find_cache

_BUILT_IN = ("image-classification", "xgboost", "sagemaker-xgboost", MODEL_MONITOR)


@dataclass(frozen=True)
class Row:
    """An image, what stands for it, where that is from, and its packages' state; `bytes` is None where none are kept.

    `environment` is `made`, `not made`, or how many are, where an image's packages depend on its tag; empty for what
    has no packages of its own.
    """

    image: str
    stands: str
    source: str
    environment: str = ""
    bytes: int | None = None


def list_images(home: Path) -> list[Row]:
    """All images that something is known of, the user's first; raises ClientFailure where images.json is not right."""
    mapping = load_mapping(home)
    made = list(_list_made())
    rows = [_row_of_mapped(home, image, mapped) for image, mapped in mapping.items()]
    rows += [Row(name, _say_algorithm(name), "built in") for name in _BUILT_IN if name not in mapping]
    for name in REPOSITORIES:
        if name in mapping:
            continue
        of_image = [about for about in made if _is_of(about, name)]
        rows.append(Row(name, "packages of the tag's version", "catalogue", _count(of_image), _sum(of_image)))
        rows += [_row_of_made(about) for about in of_image]
    return rows


def remove_layers(home: Path, image: str) -> int:
    """Remove what is made for an image; answers how many bytes that were. Jobs that run with it would lose it."""
    freed = 0
    for layer in list_layers(find_environment(home, image)):
        freed += int((_load_about(layer) or {}).get("bytes", 0))
        # Under its name it is whole or not there.
        if layer.is_dir():
            gone = layer.with_name(f"{layer.name}.new-removed")
            layer.rename(gone)
            shutil.rmtree(gone)
    return freed


def _row_of_mapped(home: Path, image: str, mapped: Mapped) -> Row:
    if mapped.docker:
        return Row(image, "docker", FILE)
    words = [" ".join(mapped.program)] if mapped.program else []
    words += [str(mapped.python)] if mapped.python else []
    words += [", ".join(mapped.packages)] if mapped.packages else []
    words += [str(mapped.requirements)] if mapped.requirements else []
    abouts, layers = _load_layers(find_environment(home, image))
    state = "" if not layers else "made" if len(abouts) == layers else "not made"
    return Row(image, "; ".join(words), FILE, state, _sum(abouts))


def _row_of_made(about: Mapping[str, Any]) -> Row:
    name = about["image"].rsplit("/", 1)[-1]
    return Row(name, ", ".join(about["requirements"]), "catalogue", "made", about["bytes"])


def _load_layers(environment: Environment) -> tuple[list[Mapping[str, Any]], int]:
    layers = list_layers(environment)
    return [about for about in map(_load_about, layers) if about], len(layers)


def _list_made() -> Iterator[Mapping[str, Any]]:
    for file in sorted((find_cache() / "environments").glob(f"*/{ABOUT}")):
        about = _load_about(file.parent)
        if about:
            yield about


def _is_of(about: Mapping[str, Any], repository: str) -> bool:
    """Whether a layer was made for an image of a repository, as the catalogue still has it."""
    image = about["image"]
    catalogued = find_catalogued(image) if image.rsplit("/", 1)[-1].split(":")[0] == repository else None
    return catalogued is not None and tuple(about["requirements"]) in catalogued.layers


def _load_about(layer: Path) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = json.loads((layer / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _count(abouts: list[Mapping[str, Any]]) -> str:
    return f"{len(abouts)} made" if abouts else "not made"


def _sum(abouts: list[Mapping[str, Any]]) -> int | None:
    return sum(about["bytes"] for about in abouts) if abouts else None


def _say_algorithm(name: str) -> str:
    algorithm = find_algorithm(name)
    if algorithm:
        return " ".join(algorithm.words("train|serve"))
    processor = find_processor(name)
    return " ".join(processor[0]) if processor else ""

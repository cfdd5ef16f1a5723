"""A job's own environment: what it shows of the layers below, what it hides, and that nothing below is written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from localaws.images.environments.folder import free_scripts, make_folder
from localaws.images.environments.interpreters import get_own
from tests.wheels import put_wheel, write_wheel


class World:
    """An environment above some layers, and what its Python says."""

    def __init__(self, folder: Path, layers: int) -> None:
        self._wheels = folder / "wheels"
        self.layers = [folder / f"layer-{number}" for number in range(layers)]
        for layer in self.layers:
            layer.mkdir()
        self._folder = folder / "own"
        self.own = self._folder / get_own().packages

    def make(self) -> World:
        self.python = make_folder(self._folder, get_own(), self.layers)
        return self

    def put(self, packages: Path, name: str, version: str, files: dict[str, str]) -> None:
        put_wheel(write_wheel(self._wheels, name, version, files), packages)

    def say(self, code: str) -> str:
        words = [str(self.python), "-c", code]
        ended = subprocess.run(words, capture_output=True, text=True, check=False, env={"PATH": ""}, cwd="/")
        return ended.stdout.strip() or ended.stderr.strip().splitlines()[-1]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, 2).make()


def test_packages_of_the_layers_are_found_and_the_higher_first(world: World) -> None:
    world.put(world.layers[1], "tiny", "1.0", {"tiny/__init__.py": "where = 'lower'"})
    assert world.say("import tiny; print(tiny.where)") == "lower"
    world.put(world.layers[0], "tiny", "2.0", {"tiny/__init__.py": "where = 'higher'"})
    assert world.say("import tiny; print(tiny.where)") == "higher"
    world.put(world.own, "tiny", "3.0", {"tiny/__init__.py": "where = 'own'"})
    assert world.say("import tiny; print(tiny.where)") == "own"
    assert world.say("from importlib.metadata import version; print(version('tiny'))") == "3.0"


def test_what_an_upgrade_has_no_more_is_gone(world: World) -> None:
    world.put(world.layers[1], "Tiny.Kit", "1.0", {"tiny/__init__.py": "", "tiny_extra.py": "", "space/old.py": ""})
    world.put(world.layers[1], "other", "1.0", {"space/other.py": "", "other.py": ""})
    world.put(world.own, "tiny_kit", "2.0", {"tiny/new.py": "where = 'own'", "space/new.py": ""})
    # A package with __init__.py below would win over a namespace above.
    assert world.say("import tiny.new; print(tiny.new.where)") == "own"
    assert world.say("import tiny_extra").startswith("ModuleNotFoundError")
    assert world.say("import space.old").startswith("ModuleNotFoundError")
    assert world.say("import space.other, space.new, other; print('there')") == "there"


def test_an_upgrade_in_a_higher_layer_hides_the_lower_one_as_well(tmp_path: Path) -> None:
    world = World(tmp_path, 2)
    world.put(world.layers[1], "tiny", "1.0", {"tiny/__init__.py": "", "gone.py": ""})
    world.put(world.layers[0], "tiny", "2.0", {"tiny/__init__.py": ""})
    assert world.make().say("import gone").startswith("ModuleNotFoundError")
    assert world.say("import importlib.util; print(importlib.util.find_spec('gone'))") == "None"


def test_only_the_layers_and_the_environment_are_on_the_path(world: World) -> None:
    assert world.say("import sys; print(sys.path[-3:])") == str([str(world.own), *map(str, world.layers)])
    assert world.say("import sys; print(sys.prefix)") == str(world.python.parents[1])
    assert world.say("import boto3").startswith("ModuleNotFoundError")


def test_scripts_run_with_the_python_that_is_first_on_the_path(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    for name, text in {
        "tiny": "#!/nowhere/bin/python3.11\nimport sys\nprint(sys.prefix)\n",
        "long": "#!/bin/sh\n'''exec' \"/no where/python\" \"$0\" \"$@\"\n' '''\nimport sys\nprint(sys.prefix)\n",
        "shell": "#!/bin/sh\necho shell\n",
    }.items():
        (source / name).write_text(text)
        (source / name).chmod(0o755)
    (source / "notes.txt").write_text("none")
    free_scripts(source, target)
    python = make_folder(tmp_path / "own", get_own(), [])
    said = [
        subprocess.run([str(script)], capture_output=True, text=True, check=True, env={"PATH": str(python.parent)})
        for script in (target / "tiny", target / "long", target / "shell")
    ]
    assert [each.stdout.strip() for each in said] == [str(tmp_path / "own"), str(tmp_path / "own"), "shell"]
    assert sorted(file.name for file in target.iterdir()) == ["long", "shell", "tiny"]

"""An execution runs what its ARN named when it was started."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from localaws.ministack_patches.step_functions import versions
from tests.unit.localaws.ministack_patches.conftest import ROLE, Machines


def _says(word: str) -> dict[str, Any]:
    return {"A": {"Type": "Pass", "Result": word, "End": True}}


@pytest.fixture
def published(machines: Machines, apply: Callable[[ModuleType], None]) -> str:
    """A machine that said "one" in its version 1 and says "two" now; the alias `live` is version 1."""
    apply(versions)
    arn = machines.create("m", _says("one"), "A")
    version = machines.call("_publish_state_machine_version", stateMachineArn=arn)["stateMachineVersionArn"]
    routing = [{"stateMachineVersionArn": version, "weight": 100}]
    machines.call("_create_state_machine_alias", name="live", routingConfiguration=routing)
    definition = json.dumps({"StartAt": "A", "States": _says("two")})
    machines.call("_update_state_machine", stateMachineArn=arn, definition=definition)
    return arn


@pytest.mark.parametrize(("qualifier", "word"), [("", "two"), (":1", "one"), (":live", "one")])
def test_the_definition_is_the_one_that_was_named(
    machines: Machines, published: str, qualifier: str, word: str
) -> None:
    assert json.loads(machines.run(published + qualifier)["output"]) == word


@pytest.mark.parametrize(("qualifier", "word"), [("", "two"), (":1", "one"), (":live", "one")])
def test_a_synchronous_execution_does_the_same(machines: Machines, published: str, qualifier: str, word: str) -> None:
    answer = machines.call("_start_sync_execution", stateMachineArn=published + qualifier)
    assert json.loads(answer["output"]) == word


def test_a_description_says_which_version_and_alias(machines: Machines, published: str) -> None:
    said = machines.run(f"{published}:live")
    assert said["stateMachineArn"] == published
    assert said["stateMachineVersionArn"] == f"{published}:1"
    assert said["stateMachineAliasArn"] == f"{published}:live"
    assert "stateMachineVersionArn" not in machines.run(published)


def test_an_update_leaves_what_has_started_as_it_was(machines: Machines, published: str) -> None:
    started = machines.call("_start_execution", stateMachineArn=published)["executionArn"]
    definition = json.dumps({"StartAt": "A", "States": _says("three")})
    machines.call("_update_state_machine", stateMachineArn=published, definition=definition)
    assert json.loads(machines.ended(started)["output"]) == "two"
    assert json.loads(machines.run(published)["output"]) == "three"


@pytest.mark.parametrize(("qualifier", "word"), [("", "two"), (":1", "one"), (":live", "one")])
def test_the_machine_of_an_execution_is_described_as_it_began(
    machines: Machines, published: str, qualifier: str, word: str
) -> None:
    started = machines.call("_start_execution", stateMachineArn=published + qualifier)["executionArn"]
    for later in ("three", "four"):
        definition = json.dumps({"StartAt": "A", "States": _says(later)})
        machines.call("_update_state_machine", stateMachineArn=published, definition=definition, roleArn=f"{ROLE}-2")
    machines.ended(started)
    described = machines.call("_describe_state_machine_for_execution", executionArn=started)
    assert json.loads(described["definition"])["States"] == _says(word)
    assert described["roleArn"] == ROLE
    machine = machines.call("_describe_state_machine", stateMachineArn=published)
    assert json.loads(machine["definition"])["States"] == _says("four")
    assert not [name for name in machine if name.startswith("_")]


def test_an_alias_divides_executions_by_its_weights(machines: Machines, published: str) -> None:
    second = machines.call("_publish_state_machine_version", stateMachineArn=published)["stateMachineVersionArn"]
    routing = [
        {"stateMachineVersionArn": f"{published}:1", "weight": 50},
        {"stateMachineVersionArn": second, "weight": 50},
    ]
    machines.call("_update_state_machine_alias", stateMachineAliasArn=f"{published}:live", routingConfiguration=routing)
    routes = [versions._route(f"{published}:live") for _ in range(100)]
    assert {route.version for route in routes if route} == {f"{published}:1", second}

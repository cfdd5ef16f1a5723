"""What must come before what, and where it is drawn."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from console.page.classify import reader as workflow
from console.page.execution.reader import parse_graph
from console.page.graph import build_graph

WORKFLOW = Path(__file__).parents[4] / "workflow" / "inference.asl.json"


def test_references_conditions_and_order_make_the_edges_and_the_shorter_way_is_left_out() -> None:
    def step(name: str, *uses: str) -> dict[str, object]:
        return {"Name": name, "Type": "Processing", "Arguments": {"In": [{"Get": f"Steps.{use}.Out"} for use in uses]}}

    gate = {
        "Name": "Gate",
        "Type": "Condition",
        "Arguments": {
            "Conditions": [{"LeftValue": {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.R"}}}}],
            "IfSteps": [step("Register", "Train", "Evaluate")],
            "ElseSteps": [step("TooLow")],
        },
    }
    last = {**step("Tell"), "DependsOn": ["Gate"]}
    graph = parse_graph(
        {"Steps": [step("Prepare"), step("Train", "Prepare"), step("Evaluate", "Prepare", "Train"), gate, last]}
    )
    assert graph.rows == (("Prepare",), ("Train",), ("Evaluate",), ("Gate",), ("Register", "TooLow", "Tell"))
    assert set(graph.edges) == {
        ("Prepare", "Train"),
        ("Train", "Evaluate"),
        ("Evaluate", "Gate"),
        ("Gate", "Register"),
        ("Gate", "TooLow"),
        ("Gate", "Tell"),
    }


def test_the_workflow_is_drawn_along_what_it_does_where_nothing_fails() -> None:
    graph = workflow.parse_definition(json.loads(WORKFLOW.read_text(encoding="utf-8")))
    names = [name for row in graph.rows for name in row]
    assert names[:3] == ["SerializeImage", "ClassifyImage", "FilterConfidence"]
    assert {"NearbyOrders", "DistantOrders", "LowConfidence"} <= set(names)
    assert "PictureRefused" not in names


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_every_name_has_one_place_below_all_that_come_before_it(pairs: set[tuple[int, int]]) -> None:
    edges = [(f"n{min(pair)}", f"n{max(pair)}") for pair in pairs if pair[0] != pair[1]]
    names = [f"n{number}" for number in range(10)]
    graph = build_graph(names, edges)
    depth = {name: row for row, found in enumerate(graph.rows) for name in found}
    assert sorted(depth) == names
    assert all(depth[start] < depth[end] for start, end in edges)
    assert set(graph.edges) <= set(edges)


def test_a_circle_ends_as_well() -> None:
    graph = build_graph(["a", "b"], [("a", "b"), ("b", "a")])
    assert sorted(name for row in graph.rows for name in row) == ["a", "b"]

"""Templates are filled in whole, and stay JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from refresh_workflow.errors import RefreshError
from refresh_workflow.settings import Settings
from refresh_workflow.state_machines import collect_values, read_template, render

AUTHORED = Path(__file__).parents[4] / "workflow"


def test_placeholders_are_replaced_and_paths_are_not() -> None:
    assert render('{"a": "${Bucket}/x", "b.$": "$.detail"}', {"Bucket": "b"}) == '{"a": "b/x", "b.$": "$.detail"}'


def test_a_quote_in_a_value_does_not_end_the_string() -> None:
    assert json.loads(render('{"a": "${Name}"}', {"Name": 'say "x"'})) == {"a": 'say "x"'}


def test_a_placeholder_without_a_value_is_named_with_those_that_have_one() -> None:
    with pytest.raises(RefreshError, match="asks for Bukket; it may ask for Bucket"):
        render('{"a": "${Bukket}"}', {"Bucket": "b"})


def test_a_template_that_is_no_json_is_refused() -> None:
    with pytest.raises(RefreshError, match="The template is not JSON"):
        render('{"a": }', {})


def test_a_package_without_templates_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(RefreshError, match=r"no bulk\.asl\.json; build it again"):
        read_template("bulk", tmp_path)


@pytest.mark.parametrize("name", ["inference", "bulk"])
@pytest.mark.skipif(not AUTHORED.is_dir(), reason="the workflow is not here")
def test_the_project_s_own_templates_are_filled_in(name: str, make_settings: Callable[..., Settings]) -> None:
    text = render(read_template(name, AUTHORED), collect_values(make_settings(), "7", 0.8, 64))
    assert "${" not in text
    assert "scones-vehicles" in text

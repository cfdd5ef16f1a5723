"""What the SDK writes for each condition, function, variable and simple step: it is read, or refused when created."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sagemaker.workflow import conditions as sdk
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.execution_variables import ExecutionVariable, ExecutionVariables
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.parameters import ParameterBoolean, ParameterFloat, ParameterInteger, ParameterString
from sagemaker.workflow.properties import Properties, PropertiesList, PropertiesMap

from localaws.engine.definition import parse
from localaws.engine.logic import holds
from localaws.engine.references import Scope, resolve
from localaws.engine.types import VARIABLES
from localaws.errors import AwsError
from tests.contract.sdk_forms import sdk2
from tests.contract.sdk_forms.reading import check_run_or_refused, read

COUNT = ParameterInteger("Count", default_value=3)
PARAMETERS = [
    COUNT,
    ParameterString("Words", default_value="a", enum_values=["a", "b"]),
    ParameterFloat("Rate", default_value=0.5),
    ParameterBoolean("Chosen", default_value=True),
]
CONDITIONS = {
    "ConditionEquals": (sdk.ConditionEquals(COUNT, 3), True),
    "ConditionGreaterThan": (sdk.ConditionGreaterThan(COUNT, 3), False),
    "ConditionGreaterThanOrEqualTo": (sdk.ConditionGreaterThanOrEqualTo(COUNT, 3), True),
    "ConditionLessThan": (sdk.ConditionLessThan(COUNT, 3), False),
    "ConditionLessThanOrEqualTo": (sdk.ConditionLessThanOrEqualTo(COUNT, 3), True),
    "ConditionIn": (sdk.ConditionIn(COUNT, [1, 2]), False),
    "ConditionNot": (sdk.ConditionNot(sdk.ConditionEquals(COUNT, 3)), False),
    "ConditionOr": (
        sdk.ConditionOr([sdk.ConditionIn(COUNT, [1]), sdk.ConditionNot(sdk.ConditionLessThan(COUNT, 3))]),
        True,
    ),
}


def written(*steps: Any, parameters: Any = ()) -> str:
    """A definition as the SDK's Pipeline writes it, from the requests of its parts."""
    body = {
        "Version": "2020-12-01",
        "Metadata": {},
        "Parameters": [item.to_request() for item in parameters],
        "PipelineExperimentConfig": {
            "ExperimentName": ExecutionVariables.PIPELINE_NAME,
            "TrialName": ExecutionVariables.PIPELINE_EXECUTION_ID,
        },
        "Steps": [step.to_request() for step in steps],
    }
    return json.dumps(body, default=lambda item: item.expr if hasattr(item, "expr") else item.to_request())


def test_every_condition_of_the_sdk_is_tried_here() -> None:
    plain = {sdk.Condition.__name__, sdk.ConditionComparison.__name__}
    there = {name for name, item in vars(sdk).items() if isinstance(item, type) and issubclass(item, sdk.Condition)}
    assert there - plain == CONDITIONS.keys()


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_is_read_as_the_sdk_writes_it(name: str) -> None:
    condition, outcome = CONDITIONS[name]
    gate = ConditionStep("Gate", conditions=[condition], if_steps=[FailStep("No")], else_steps=[])
    text = written(gate, parameters=PARAMETERS)
    read(text)
    asked = parse(text).steps["Gate"].arguments["Conditions"]
    scope = Scope({"Count": 3}, {}, {}, lambda *_: None, lambda _: None)
    assert holds(resolve(asked, scope)) is outcome


def test_a_file_that_a_decorated_step_wrote_is_read_from_s3() -> None:
    place = Join(on="/", values=["s3://bucket", ExecutionVariables.PIPELINE_EXECUTION_ID, "results.json"])
    found = JsonGet(s3_uri=place, json_path="accuracy", step_name="Evaluate")
    gate = ConditionStep("Gate", conditions=[sdk.ConditionGreaterThan(found, 0.5)], if_steps=[FailStep("No")])
    text = written(gate)
    read(text)
    files = {"s3://bucket/e1/results.json": {"accuracy": 0.9}}
    scope = Scope({}, {"PipelineExecutionId": "e1"}, {}, lambda *_: None, files.__getitem__)
    assert holds(resolve(parse(text).steps["Gate"].arguments["Conditions"], scope))


def test_the_variables_are_the_sdks() -> None:
    variables = {item.name for item in vars(ExecutionVariables).values() if isinstance(item, ExecutionVariable)}
    assert variables == set(VARIABLES)


def test_parameters_of_every_type_are_declared_and_joined() -> None:
    joined = Join(on="/", values=[*PARAMETERS, True, 1.5, ExecutionVariables.START_DATETIME])
    fail = FailStep("Stop", error_message=joined)
    text = written(fail, parameters=PARAMETERS)
    read(text)
    scope = Scope(
        {"Count": 3, "Words": "a", "Rate": 0.5, "Chosen": True},
        {"StartDateTime": "now"},
        {},
        lambda *_: None,
        lambda _: None,
    )
    assert resolve(parse(text).steps["Stop"].arguments, scope)["ErrorMessage"] == "3/a/0.5/true/true/1.5/now"


def test_a_fail_step_needs_no_message() -> None:
    read(written(FailStep("Stop")))


def test_every_class_of_step_of_the_sdk_is_tried_here() -> None:
    assert sdk2.list_steps() == sorted(sdk2.WRITTEN)


@pytest.mark.parametrize("name", [name for name in sdk2.WRITTEN if name != "NotebookJobStep"])
def test_a_class_of_step_is_run_or_refused_in_a_sentence(name: str) -> None:
    check_run_or_refused(sdk2.write(name))


def test_a_notebook_job_is_refused_in_a_sentence() -> None:
    with pytest.raises(AwsError, match="The step 'Book' is a notebook job, whose program amazon_sagemaker_scheduler"):
        read(sdk2.write("NotebookJobStep"))


def references(found: Any) -> Iterator[dict[str, str]]:
    """All that a step's properties can name: members, the first item of lists, one of maps."""
    for name, item in vars(found).items():
        one = item[0] if isinstance(item, PropertiesList) else item["key"] if isinstance(item, PropertiesMap) else item
        # A tuning step's are of two answers in one; a page's token is nobody's property.
        if isinstance(one, Properties) and name != "NextToken":
            yield one.expr
            yield from references(one)


@pytest.mark.parametrize("name", ["ProcessingStep", "TrainingStep", "TransformStep", "TuningStep", "CreateModelStep"])
def test_all_properties_that_a_step_of_the_sdk_has_can_be_named(name: str) -> None:
    step = sdk2.WRITTEN[name]()[0]
    named = list(references(step.properties))
    assert len(named) > 15
    body = json.loads(sdk2.write(name))
    say = {"Name": "Say", "Type": "Fail", "Arguments": {"ErrorMessage": {"Std:Join": {"On": "", "Values": named}}}}
    read(json.dumps({**body, "Steps": [*body["Steps"], say]}))

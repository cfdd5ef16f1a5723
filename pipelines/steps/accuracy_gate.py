"""AccuracyGate: only a model that is good enough reaches the registry."""

from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.workflow.steps import Step

from pipelines.steps.context import Context
from pipelines.steps.evaluate_model import measured_accuracy

NAME = "AccuracyGate"


def accuracy_gate(context: Context, good: Step, bad: Step) -> ConditionStep:
    """Build the step that goes on to `good` from the threshold upwards, and to `bad` below it."""
    reached = ConditionGreaterThanOrEqualTo(left=measured_accuracy(), right=context.parameters.accuracy_threshold)
    return ConditionStep(
        name=NAME, display_name="Accuracy gate", conditions=[reached], if_steps=[good], else_steps=[bad]
    )

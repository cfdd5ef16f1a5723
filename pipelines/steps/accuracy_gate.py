"""AccuracyGate: only a model that is good enough, and not worse than the live one, reaches the registry."""

from pipelines.sdk import ConditionGreaterThanOrEqualTo, ConditionStep, Step
from pipelines.steps.context import Context
from pipelines.steps.evaluate_model import compared_with_live, measured_accuracy

NAME = "AccuracyGate"


def accuracy_gate(context: Context, good: Step, bad: Step) -> ConditionStep:
    """Build the step that goes on to `good` where both conditions hold, and to `bad` elsewhere."""
    parameters = context.parameters
    reached = ConditionGreaterThanOrEqualTo(left=measured_accuracy(), right=parameters["AccuracyThreshold"])
    not_worse = ConditionGreaterThanOrEqualTo(left=compared_with_live(), right=parameters["PairedGateLevel"])
    return ConditionStep(
        name=NAME, display_name="Accuracy gate", conditions=[reached, not_worse], if_steps=[good], else_steps=[bad]
    )

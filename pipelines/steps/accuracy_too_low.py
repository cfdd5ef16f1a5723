"""AccuracyTooLow: the execution fails, and says which condition of the gate failed, and by how much."""

from pipelines.sdk import FailStep, Join, ProcessingStep
from pipelines.steps.evaluate_model import reason_of_the_gate
from pipelines.steps.outputs import output_file

NAME = "AccuracyTooLow"


def accuracy_too_low(evaluated: ProcessingStep) -> FailStep:
    """Build the step whose sentence states what failed and where the report lies.

    Joined words cannot depend on a condition, so EvaluateModel, which knows both, has written the sentence.
    """
    return FailStep(
        name=NAME,
        display_name="Accuracy too low",
        error_message=Join(
            "",
            [
                reason_of_the_gate(),
                ": nothing was registered. The report is ",
                output_file(evaluated, "evaluation", "report.html"),
            ],
        ),
    )

"""AccuracyTooLow: the execution fails, and says by how much."""

from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join
from sagemaker.workflow.steps import ProcessingStep

from pipelines.steps.context import Context
from pipelines.steps.evaluate_model import measured_accuracy
from pipelines.steps.outputs import output_file

NAME = "AccuracyTooLow"


def accuracy_too_low(context: Context, evaluated: ProcessingStep) -> FailStep:
    """Build the step whose sentence states the accuracy, the threshold and where the report lies."""
    return FailStep(
        name=NAME,
        display_name="Accuracy too low",
        error_message=Join(
            "",
            [
                "The accuracy on the test pictures is ",
                measured_accuracy(),
                ", below the AccuracyThreshold of ",
                context.parameters.accuracy_threshold,
                ": nothing was registered. The report is ",
                output_file(evaluated, "evaluation", "report.html"),
            ],
        ),
    )

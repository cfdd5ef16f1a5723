"""EvaluateModel: the trained model meets the test pictures, once."""

from sagemaker.workflow.functions import JsonGet
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import ProcessingStep

from pipelines.steps.candidate import Candidate
from pipelines.steps.context import Context
from pipelines.steps.outputs import output_uri
from pipelines.steps.policies import CACHE, job_retries
from pipelines.steps.processor import MESSAGE, ROOT, channel, make_processor, result

NAME = "EvaluateModel"
REPORT = PropertyFile(name="EvaluationReport", output_name="evaluation", path="evaluation.json")


def evaluate_model(context: Context, prepared: ProcessingStep, candidate: Candidate) -> ProcessingStep:
    """Build the step; the threshold goes with it because the report draws it."""
    inputs = [
        channel("model", candidate.artifact, "model"),
        channel("test", output_uri(prepared, "test"), "test"),
        channel("lst", output_uri(prepared, "lst"), "lst"),
    ]
    return ProcessingStep(
        name=NAME,
        display_name="Evaluate model",
        step_args=make_processor(context, instance_count=1).run(
            code=context.code.evaluation,
            inputs=inputs,
            outputs=[result(context, "evaluation", "evaluation")],
            arguments=[
                *("--model", f"{ROOT}/model"),
                *("--test", f"{ROOT}/test"),
                *("--lst", f"{ROOT}/lst"),
                *("--output", f"{ROOT}/evaluation"),
                *("--message", MESSAGE),
                *("--threshold", context.parameters.accuracy_threshold.to_string()),
            ],
        ),
        property_files=[REPORT],
        cache_config=CACHE,
        retry_policies=job_retries(),
    )


def measured_accuracy() -> JsonGet:
    """Refer to the accuracy on the test pictures, a share of one."""
    return JsonGet(step_name=NAME, property_file=REPORT, json_path="binary_classification_metrics.accuracy.value")

"""EvaluateModel: the trained model meets the test images, once."""

from pipelines.sdk import Join, JsonGet, PipelineVariable, ProcessingStep, PropertyFile
from pipelines.steps.candidate import Candidate
from pipelines.steps.context import Context
from pipelines.steps.outputs import output_uri
from pipelines.steps.policies import CACHE, job_retries
from pipelines.steps.processor import MESSAGE, ROOT, channel, make_processor, result

NAME = "EvaluateModel"
DATA = ("train", "validation", "test", "lst")
REPORT = PropertyFile(name="EvaluationReport", output_name="evaluation", path="evaluation.json")
# A card is a string in CreateModelPackage, so it lies in a file of strings, beside the one for people.
TEXTS = PropertyFile(name="RegistrationTexts", output_name="evaluation", path="registration.json")


def evaluate_model(context: Context, prepared: ProcessingStep, candidate: Candidate) -> ProcessingStep:
    """Build the step on all splits: it measures on test, calibrates on validation and looks for leaks from train."""
    inputs = [
        channel("model", candidate.artifact, "model"),
        *(channel(name, output_uri(prepared, name), name) for name in DATA),
    ]
    return ProcessingStep(
        name=NAME,
        display_name="Evaluate model",
        step_args=make_processor(context, instance_count=1).run(
            code=context.code.evaluation,
            inputs=inputs,
            outputs=[result(context, "evaluation", "evaluation")],
            arguments=_arguments(context, candidate),
        ),
        property_files=[REPORT, TEXTS],
        cache_config=CACHE,
        retry_policies=job_retries(),
    )


def _arguments(context: Context, candidate: Candidate) -> list[object]:
    """Send what the gate asks too: the report tells it, and the cache must notice where it changes."""
    parameters = context.parameters
    return [
        *(word for name in ("model", *DATA) for word in (f"--{name}", f"{ROOT}/{name}")),
        *("--output", f"{ROOT}/evaluation"),
        *("--message", MESSAGE),
        *("--threshold", parameters["AccuracyThreshold"].to_string()),
        # In one word, for AWS takes no empty ones.
        Join("", ["--live-model-uri=", parameters["LiveModelUri"]]),
        *("--paired-gate-level", parameters["PairedGateLevel"].to_string()),
        *("--target-precision", parameters["TargetPrecision"].to_string()),
        *("--training-arn", candidate.job_arn, "--training-image", context.algorithm_image),
        *_hyperparameters(candidate),
    ]


def _hyperparameters(candidate: Candidate) -> list[object]:
    """Those of the training, for the model card; each in one word, for AWS takes no empty ones."""
    named = {name: value for name, value in candidate.hyperparameters.items() if value is not None}
    return [
        word
        for name, value in named.items()
        for word in (
            "--hyperparameter",
            Join("=", [name, value]) if isinstance(value, PipelineVariable) else f"{name}={value}",
        )
    ]


def measured_accuracy() -> JsonGet:
    """Refer to the accuracy on the test images, a share of one."""
    return JsonGet(step_name=NAME, property_file=REPORT, json_path="binary_classification_metrics.accuracy.value")


def evaluated_digest() -> JsonGet:
    """Refer to the SHA-256 of the model.tar.gz that was evaluated, in hexadecimal digits."""
    return JsonGet(step_name=NAME, property_file=REPORT, json_path="model.archive_sha256")


def training_engine() -> JsonGet:
    """Refer to what trained the model: `sagemaker`, or the engine of a laptop's stand-in."""
    return JsonGet(step_name=NAME, property_file=REPORT, json_path="model.engine")


def model_card() -> JsonGet:
    """Refer to the model card, JSON as text, which the evaluation wrote."""
    return JsonGet(step_name=NAME, property_file=TEXTS, json_path="model_card")


def compared_with_live() -> JsonGet:
    """Refer to the p-value of the comparison with the live version; a small one says that the new model is worse."""
    return JsonGet(step_name=NAME, property_file=REPORT, json_path="comparison.p_value")


def reason_of_the_gate() -> JsonGet:
    """Refer to the sentence that names the conditions that failed, with their figures."""
    return JsonGet(step_name=NAME, property_file=REPORT, json_path="gate.sentence")


def recommended_threshold() -> JsonGet:
    """Refer to the confidence below which a person should decide, as the validation images tell it."""
    return JsonGet(step_name=NAME, property_file=REPORT, json_path="confidence_threshold.recommended")

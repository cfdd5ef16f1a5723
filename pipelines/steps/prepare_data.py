"""PrepareData: the published archive and curated images become train, validation and test images."""

from pipelines.sdk import JsonGet, ProcessingStep, PropertyFile
from pipelines.steps.context import Context
from pipelines.steps.policies import CACHE, job_retries
from pipelines.steps.processor import MESSAGE, ROOT, channel, make_processor, result

NAME = "PrepareData"
MANIFEST = PropertyFile(name="Manifest", output_name="lst", path="manifest.json")
OUTPUTS = ("train", "validation", "test", "lst")
RECORDS = "records"
VALIDATION_SHARE = "0.1"
CONFIG = "/opt/ml/config"  # where SageMaker describes the job's instances, for sharing the work


def prepare_data(context: Context) -> ProcessingStep:
    """Build the step; curated images are shared out between instances, the archive is not."""
    parameters = context.parameters
    # The addresses stay the same when their content changes: the version makes the cache notice.
    processor = make_processor(
        context, parameters["ProcessingInstanceCount"], {"DATASET_VERSION": parameters["DatasetVersion"]}
    )
    return ProcessingStep(
        name=NAME,
        display_name="Prepare data",
        step_args=processor.run(
            code=context.code.processing,
            inputs=[
                channel("archive", parameters["InputDataUri"], "input/archive"),
                channel("curated", parameters["CuratedDataUri"], "input/curated", "ShardedByS3Key"),
            ],
            outputs=[result(context, name, f"output/{name}") for name in _outputs(context)],
            arguments=_arguments(context),
        ),
        property_files=[MANIFEST],
        cache_config=CACHE,
        retry_policies=job_retries(),
    )


def training_samples() -> JsonGet:
    """Refer to the number of training images that PrepareData counted."""
    return JsonGet(step_name=NAME, property_file=MANIFEST, json_path="lists.train.pictures")


def _outputs(context: Context) -> tuple[str, ...]:
    return (*OUTPUTS, RECORDS) if context.profile.record_io else OUTPUTS


def _arguments(context: Context) -> list[object]:
    parameters = context.parameters
    folders = [("archive", "input"), ("curated", "input"), *((name, "output") for name in OUTPUTS)]
    packed = ("--record-io", f"{ROOT}/output/{RECORDS}") if context.profile.record_io else ()
    return [
        *(word for name, side in folders for word in (f"--{name}", f"{ROOT}/{side}/{name}")),
        *packed,
        *("--validation-share", VALIDATION_SHARE),
        *("--seed", parameters["Seed"].to_string()),
        *("--source", parameters["InputDataUri"]),
        *("--message", MESSAGE),
        *("--config-dir", CONFIG),
    ]

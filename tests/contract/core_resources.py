"""Uses the resource classes of sagemaker-core, in the environment of the SDK 3, as its users do.

They parse each answer by AWS's model and demand what it calls required. Writes a JSON object of what each check found:
a value, or an object with the error's name and words.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sagemaker.core import resources, shapes
from sagemaker.core.utils.exceptions import FailedStatusError

ROLE = "arn:aws:iam::000000000000:role/any"
IMAGE = sys.argv[1]
STOPS = json.dumps(
    {"Version": "2020-12-01", "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "as planned"}}]}
)
MORE = json.dumps({**json.loads(STOPS), "Parameters": [{"Name": "A", "Type": "String", "DefaultValue": "a"}]})


def train() -> resources.TrainingJob:
    return resources.TrainingJob.create(
        training_job_name="core",
        role_arn=ROLE,
        algorithm_specification=shapes.AlgorithmSpecification(
            training_image=IMAGE,
            training_input_mode="File",
            container_entrypoint=["python3", "-c", "open('/opt/ml/model/model', 'w').write('a model')"],
        ),
        output_data_config=shapes.OutputDataConfig(s3_output_path="s3://core/out"),
        resource_config=shapes.ResourceConfig(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
        stopping_condition=shapes.StoppingCondition(max_runtime_in_seconds=60),
    )


def process(name: str, program: str) -> list[str]:
    """A job that ends by its program: its status and the reason of its failure."""
    made = resources.ProcessingJob.create(
        processing_job_name=name,
        role_arn=ROLE,
        app_specification=shapes.AppSpecification(image_uri=IMAGE, container_entrypoint=["python3", "-c", program]),
        processing_resources=shapes.ProcessingResources(
            cluster_config=shapes.ProcessingClusterConfig(
                instance_count=1, instance_type="ml.m5.large", volume_size_in_gb=1
            )
        ),
    )
    try:
        made.wait(poll=1, timeout=60)
    except FailedStatusError as error:
        return ["Failed", str(error)]
    return [str(made.refresh().processing_job_status), ""]


def train_by_the_trainer() -> list[str]:
    """What ModelTrainer sends of a folder and a command, runs."""
    from sagemaker.train import ModelTrainer
    from sagemaker.train.configs import Compute, OutputDataConfig, SourceCode

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "train.py").write_text("open('/opt/ml/model/model', 'w').write('a model')")
        trainer = ModelTrainer(
            training_image=IMAGE,
            source_code=SourceCode(source_dir=folder, entry_script="train.py"),
            compute=Compute(instance_type="ml.m5.large", instance_count=1),
            output_data_config=OutputDataConfig(s3_output_path="s3://core/out"),
            role=ROLE,
            base_job_name="trainer",
        )
        trainer.train(logs=False)
    job = trainer._latest_training_job.refresh()
    return [job.training_job_status, job.model_artifacts.s3_model_artifacts]


def pipeline() -> str:
    made = resources.Pipeline.create(
        pipeline_name="core", pipeline_definition=STOPS, client_request_token="t" * 32, role_arn=ROLE
    )
    made.update(pipeline_definition=MORE)
    return str(resources.Pipeline.get(pipeline_name="core").pipeline_definition)


def execution() -> list[str]:
    [found] = resources.PipelineExecution.get_all(pipeline_name="two")
    found.refresh()
    found.wait_for_status("Failed", poll=1, timeout=60)
    [step] = found.get_all_steps()
    return [found.pipeline_execution_status, step.step_status, found.failure_reason]


def register() -> str:
    specification = {
        "Containers": [{"Image": IMAGE}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    resources.ModelPackage.get_sagemaker_client().create_model_package(
        ModelPackageGroupName="one",
        InferenceSpecification=specification,
        ModelApprovalStatus="PendingManualApproval",
    )
    [listed] = resources.ModelPackage.get_all(model_package_group_name="one")
    found = resources.ModelPackage.get(model_package_name=listed.model_package_arn)
    found.update(model_approval_status="Approved", approval_description="good")
    return str(found.refresh().model_approval_status)


def names(kind: Any) -> list[str]:
    """Of all that a list answers, page by page, each described."""
    return sorted(item.refresh().get_name() for item in kind.get_all())


CHECKS: dict[str, Callable[[], Any]] = {
    "pipeline": pipeline,
    "execution": execution,
    "registered": register,
    "pipelines": lambda: names(resources.Pipeline),
    "groups": lambda: names(resources.ModelPackageGroup),
    "models": lambda: sorted(item.get_name() for item in resources.Model.get_all()),
    "configs": lambda: sorted(item.get_name() for item in resources.EndpointConfig.get_all()),
    "trained": lambda: sorted(item.get_name() for item in resources.TrainingJob.get_all(status_equals="Completed")),
    "created": lambda: train().training_job_name,
    "waited": lambda: resources.TrainingJob.get(training_job_name="core").wait(poll=1, timeout=60),
    "described": lambda: resources.TrainingJob.get(training_job_name="core").refresh().training_job_status,
    "again": train,
    "processed": lambda: process("good", "print(1)"),
    "broken": lambda: process("bad", "raise SystemExit(3)"),
    "trainer": train_by_the_trainer,
    "absent": lambda: resources.TrainingJob.get(training_job_name="none"),
    "deleted": lambda: resources.ModelPackageGroup.get(model_package_group_name="three").delete(),
    "left": lambda: names(resources.ModelPackageGroup),
}


def attempt(check: Callable[[], Any]) -> Any:
    try:
        return check()
    except Exception as error:
        return {"error": type(error).__name__, "words": str(error)}


if __name__ == "__main__":
    found = {name: attempt(check) for name, check in CHECKS.items()}
    sys.__stdout__.write("\n" + json.dumps(found, default=str))

"""The pipeline's definition against AWS's own request models, the SDK's tables and a recorded copy.

After a wanted change, record it again and read the difference:
`SCONES_WRITE_GOLDEN=1 python -m pytest tests/contract/test_pipeline_definition.py`.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator

from common.metadata import is_allowed
from evaluation.trust.comparison import without_live
from evaluation.trust.gate import decide
from localaws import services  # noqa: F401 - declares CreateTrainingJob, as which each trial is checked
from localaws.engine.references import Scope, resolve
from localaws.sagemaker import tuning_checks
from localaws.settings import Settings as LocalSettings
from localaws.shapes import validate
from pipelines import get_pipeline_definition
from pipelines.code import CodeLocations
from pipelines.define import define
from pipelines.errors import PipelineError
from pipelines.profiles import PROFILES
from pipelines.settings import Settings
from processing import listing
from processing.archive import Fingerprint
from processing.image import TRAIN, LabelledImage
from processing.options import parse
from processing.split import Duplicates, Plan

GOLDEN = Path(__file__).parent / "golden" / "scones-training-compact.json"
GOLDEN_TUNED = GOLDEN.with_name("scones-training-compact-tuned.json")
CODE = CodeLocations(
    processing="s3://scones-000000000000-us-east-1/code/0000/processing.pyz",
    evaluation="s3://scones-000000000000-us-east-1/code/0000/evaluation.pyz",
)
IMAGE = {"SCONES_IMAGE_URI": "000000000000.dkr.ecr.us-east-1.amazonaws.com/scones:0123456789abcdef"}
OFFLINE = Settings.from_environment(IMAGE)
GUARDED = Settings.from_environment(
    {
        **IMAGE,
        "AWS_REGION": "eu-west-1",
        "SCONES_KMS_KEY": "arn:aws:kms:eu-west-1:000000000000:key/1",
        "SCONES_SUBNETS": "subnet-1,subnet-2",
        "SCONES_SECURITY_GROUPS": "sg-1",
        "SCONES_TAGS": "team=bakery",
        "SAGEMAKER_PROJECT_ID": "p-1",
    }
)
REFERENCES = {"Get", "Std:Join", "Std:JsonGet"}
PLACEHOLDERS = {"string": "placeholder", "integer": 1, "long": 1, "float": 0.5, "double": 0.5, "boolean": True}

# Builds a definition with every socket refused, and reports each attempt: the SDK swallows its own failures.
ISOLATED = """
import socket, sys
attempts = []
def refuse(*address, **_):
    attempts.append(address)
    raise OSError("no network here")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from pipelines.get_pipeline_definition import main
code = main([]) or main(["--monitoring"])
sys.exit(f"network was tried: {attempts}" if attempts else code)
"""

Definition = dict[str, Any]


def _build(
    settings: Settings = OFFLINE, profile: str = "compact", code: CodeLocations = CODE, *, tuned: bool = False
) -> Definition:
    parsed: Definition = json.loads(define(settings, PROFILES[profile], code, tuned=tuned))
    return parsed


@pytest.fixture(scope="module")
def compact() -> Definition:
    return _build()


@pytest.fixture(scope="module")
def reference() -> Definition:
    return _build(profile="reference")


@pytest.fixture(scope="module")
def distributed() -> Definition:
    return _build(profile="distributed")


@pytest.fixture(scope="module")
def pretrained() -> Definition:
    return _build(profile="pretrained")


@pytest.fixture(scope="module")
def guarded() -> Definition:
    return _build(GUARDED)


@pytest.fixture(scope="module")
def tuned() -> Definition:
    return _build(tuned=True)


@pytest.fixture(scope="module")
def tuned_guarded() -> Definition:
    return _build(GUARDED, "reference", tuned=True)


@pytest.fixture(scope="module")
def sagemaker_model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("sagemaker")


def _steps(definition: Definition) -> dict[str, Definition]:
    return {step["Name"]: step for step in _walk(definition["Steps"])}


def _walk(steps: list[Definition]) -> Iterator[Definition]:
    for step in steps:
        yield step
        yield from _walk([*step["Arguments"].get("IfSteps", []), *step["Arguments"].get("ElseSteps", [])])


def _resolve(value: object, shape: Shape) -> object:
    """Put a placeholder of the model's type where the definition refers to what is known at run time only."""
    if isinstance(value, dict) and value.keys() <= REFERENCES and len(value) == 1:
        return PLACEHOLDERS[shape.type_name]
    if isinstance(value, dict) and shape.type_name == "structure":
        # A member that the model does not know stays: the validator shall find it.
        members = shape.members
        return {key: _resolve(entry, members[key]) if key in members else entry for key, entry in value.items()}
    if isinstance(value, dict):
        return {key: _resolve(entry, shape.value) for key, entry in value.items()}
    if isinstance(value, list):
        return [_resolve(entry, shape.member) for entry in value]
    return value


UNTUNED = ("compact", "reference", "distributed", "pretrained", "guarded")
TUNED = ("tuned", "tuned_guarded")
REQUESTS: dict[str, tuple[str, dict[str, str]]] = {
    "PrepareData": ("CreateProcessingJob", {"ProcessingJobName": "job"}),
    "TrainModel": ("CreateTrainingJob", {"TrainingJobName": "job"}),
    "TuneModel": ("CreateHyperParameterTuningJob", {"HyperParameterTuningJobName": "job"}),
    "EvaluateModel": ("CreateProcessingJob", {"ProcessingJobName": "job"}),
    "RegisterModel": ("CreateModelPackage", {}),
}


@pytest.mark.parametrize(
    ("name", "step"),
    [
        *((name, step) for name in UNTUNED for step in REQUESTS if step != "TuneModel"),
        *((name, step) for name in TUNED for step in REQUESTS if step != "TrainModel"),
    ],
)
def test_a_steps_arguments_are_a_request_that_aws_accepts(
    request: pytest.FixtureRequest,
    sagemaker_model: ServiceModel,
    name: str,
    step: str,
) -> None:
    operation, filled_in_by_aws = REQUESTS[step]
    arguments = _steps(request.getfixturevalue(name))[step]["Arguments"]
    shape = sagemaker_model.operation_model(operation).input_shape

    report = ParamValidator().validate({**_resolve(arguments, shape), **filled_in_by_aws}, shape)  # type: ignore[dict-item]

    assert not report.has_errors(), report.generate_report()
    assert not filled_in_by_aws.keys() & arguments.keys()


@pytest.mark.parametrize(("golden", "tuned"), [(GOLDEN, False), (GOLDEN_TUNED, True)])
def test_the_definition_is_the_recorded_one(golden: Path, tuned: bool) -> None:
    built = define(OFFLINE, PROFILES["compact"], CODE, tuned=tuned)
    if os.environ.get("SCONES_WRITE_GOLDEN"):
        golden.write_text(built, encoding="utf-8")

    assert built == golden.read_text(encoding="utf-8"), "wanted? record it again as this module's docstring says"


def test_two_processes_write_the_same_bytes_without_network_or_noise(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = {"0": "1"}.get(os.environ.get("PYTHONHASHSEED", ""), "0")  # another than this process's
    done = subprocess.run(
        [sys.executable, "-c", ISOLATED],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    for name in [name for name in os.environ if name.startswith(("AWS_", "SAGEMAKER_", "SCONES_"))]:
        monkeypatch.delenv(name)

    assert (done.returncode, done.stderr) == (0, "")
    assert (get_pipeline_definition.main([]), get_pipeline_definition.main(["--monitoring"])) == (0, 0)
    assert done.stdout == capsys.readouterr().out
    training, monitoring = done.stdout.split("\n}\n{\n")
    assert json.loads(training + "}")["Version"] == json.loads("{" + monitoring)["Version"] == "2020-12-01"


def test_the_steps_are_the_six_of_the_design(compact: Definition) -> None:
    assert {name: step["Type"] for name, step in _steps(compact).items()} == {
        "PrepareData": "Processing",
        "TrainModel": "Training",
        "EvaluateModel": "Processing",
        "AccuracyGate": "Condition",
        "RegisterModel": "RegisterModel",
        "AccuracyTooLow": "Fail",
    }


def test_the_algorithms_image_is_the_one_of_the_sdks_table(compact: Definition, guarded: Definition) -> None:
    from sagemaker import image_uris  # by now loaded, and quiet

    for definition, region in ((compact, "us-east-1"), (guarded, "eu-west-1")):
        image = image_uris.retrieve("image-classification", region)
        steps = _steps(definition)
        package = steps["RegisterModel"]["Arguments"]["InferenceSpecification"]
        assert steps["TrainModel"]["Arguments"]["AlgorithmSpecification"]["TrainingImage"] == image
        assert package["Containers"][0]["Image"] == image


def test_a_region_without_the_algorithm_is_refused_by_name() -> None:
    with pytest.raises(PipelineError, match="not offered in eu-nowhere-1"):
        _build(Settings.from_environment({**IMAGE, "AWS_REGION": "eu-nowhere-1"}))


def test_the_reference_profile_sends_the_missions_hyperparameters_and_no_others(reference: Definition) -> None:
    defaults = {entry["Name"]: entry["DefaultValue"] for entry in reference["Parameters"]}
    sent = _steps(reference)["TrainModel"]["Arguments"]["HyperParameters"]

    assert set(sent) == {
        "image_shape",
        "learning_rate",
        "mini_batch_size",
        "epochs",
        "optimizer",
        "num_classes",
        "num_training_samples",
    }
    assert defaults["ImageShape"] == "3,32,32"
    assert (defaults["LearningRate"], defaults["MiniBatchSize"], defaults["Epochs"]) == (0.1, 32, 30)
    assert defaults["Optimizer"] == "sgd"
    assert defaults["TrainingInstanceType"] == "ml.g5.2xlarge", "the mission's ml.p3.2xlarge is withdrawn"
    assert "NumLayers" not in defaults
    assert "AugmentationType" not in defaults


def test_every_hyperparameter_is_a_string_at_run_time(compact: Definition) -> None:
    strings = {entry["Name"] for entry in compact["Parameters"] if entry["Type"] == "String"}

    for name, value in _steps(compact)["TrainModel"]["Arguments"]["HyperParameters"].items():
        plain = isinstance(value, str)
        joined = isinstance(value, dict) and "Std:Join" in value
        text = isinstance(value, dict) and value.get("Get", "").removeprefix("Parameters.") in strings
        assert plain or joined or text, (name, value)


def test_the_number_of_training_pictures_is_the_one_that_was_counted(compact: Definition) -> None:
    prepare, train = _steps(compact)["PrepareData"], _steps(compact)["TrainModel"]

    assert prepare["PropertyFiles"] == [
        {"PropertyFileName": "Manifest", "OutputName": "lst", "FilePath": "manifest.json"}
    ]
    assert train["Arguments"]["HyperParameters"]["num_training_samples"]["Std:Join"]["Values"] == [
        {
            "Std:JsonGet": {
                "PropertyFile": {"Get": "Steps.PrepareData.PropertyFiles.Manifest"},
                "Path": "lists.train.pictures",
            }
        }
    ]


def test_prepare_data_tells_the_number_where_the_pipeline_looks_for_it(compact: Definition, tmp_path: Path) -> None:
    archive = Fingerprint("cifar-100-binary.tar.gz", 7, "0" * 64)
    images = [LabelledImage(TRAIN, f"{number}", number % 2, f"{number}") for number in range(3)]
    plan = Plan({"train": images, "validation": [], "test": []}, Duplicates())
    options = parse(["--lst", str(tmp_path)])

    manifest = listing.write(plan, archive, options)

    reference = _steps(compact)["TrainModel"]["Arguments"]["HyperParameters"]["num_training_samples"]
    path = reference["Std:Join"]["Values"][0]["Std:JsonGet"]["Path"]
    assert reduce(getitem, path.split("."), manifest) == 3


def test_changed_processing_code_changes_its_address_and_nothing_else(compact: Definition) -> None:
    new = "s3://scones-000000000000-us-east-1/code/1111/processing.pyz"
    changed = _build(code=CodeLocations(processing=new, evaluation=CODE.evaluation))

    assert changed != compact
    assert json.loads(json.dumps(changed).replace(new, CODE.processing)) == compact


def test_nothing_in_a_cached_step_changes_from_run_to_run_but_where_it_writes(compact: Definition) -> None:
    for name in ("PrepareData", "TrainModel", "EvaluateModel"):
        step = _steps(compact)[name]
        arguments = dict(step["Arguments"])
        arguments.pop("ProcessingOutputConfig", None)
        arguments.pop("OutputDataConfig", None)
        assert step["CacheConfig"] == {"Enabled": True, "ExpireAfter": "P30D"}
        assert "Execution." not in json.dumps(arguments), name
        for word in ("CommitId", "StartedBy", "StartReason"):
            assert f"Parameters.{word}" not in json.dumps(arguments), name


def test_changed_data_reaches_the_cache_key_of_prepare_data(compact: Definition) -> None:
    environment = _steps(compact)["PrepareData"]["Arguments"]["Environment"]

    assert environment == {"DATASET_VERSION": {"Get": "Parameters.DatasetVersion"}}


def test_jobs_are_retried_for_every_cause_that_time_can_mend(compact: Definition) -> None:
    for name in ("PrepareData", "TrainModel", "EvaluateModel"):
        policies = _steps(compact)[name]["RetryPolicies"]
        assert {cause for policy in policies for cause in policy["ExceptionType"]} == {
            "Step.SERVICE_FAULT",
            "Step.THROTTLING",
            "SageMaker.JOB_INTERNAL_ERROR",
            "SageMaker.CAPACITY_ERROR",
            "SageMaker.RESOURCE_LIMIT",
        }
        assert all(policy["BackoffRate"] > 1 and policy["IntervalSeconds"] >= 5 for policy in policies)


def test_the_gate_compares_the_live_version_too_and_at_level_0_lets_all_pass(compact: Definition) -> None:
    condition = _steps(compact)["AccuracyGate"]["Arguments"]["Conditions"][1]
    level = next(entry for entry in compact["Parameters"] if entry["Name"] == "PairedGateLevel")

    assert level == {"Name": "PairedGateLevel", "Type": "Float", "DefaultValue": 0.05}
    assert condition["Type"] == "GreaterThanOrEqualTo", "a p-value is never below 0"
    assert condition["LeftValue"]["Std:JsonGet"]["Path"] == "comparison.p_value"
    assert condition["RightValue"] == {"Get": "Parameters.PairedGateLevel"}


def test_what_the_gate_asks_is_in_the_cache_key_of_the_evaluation(compact: Definition) -> None:
    arguments = _steps(compact)["EvaluateModel"]["Arguments"]["AppSpecification"]["ContainerArguments"]

    assert {"Std:Join": {"On": "", "Values": ["--live-model-uri=", {"Get": "Parameters.LiveModelUri"}]}} in arguments
    for option in ("--threshold", "--paired-gate-level", "--target-precision"):
        assert "Parameters." in json.dumps(arguments[arguments.index(option) + 1])


def test_the_gate_compares_the_measured_accuracy_with_the_threshold(compact: Definition) -> None:
    gate = _steps(compact)["AccuracyGate"]["Arguments"]
    threshold = next(entry for entry in compact["Parameters"] if entry["Name"] == "AccuracyThreshold")
    measured = gate["Conditions"][0]["LeftValue"]["Std:JsonGet"]

    assert threshold == {"Name": "AccuracyThreshold", "Type": "Float", "DefaultValue": 0.8}
    assert gate["Conditions"][0]["Type"] == "GreaterThanOrEqualTo"
    assert gate["Conditions"][0]["RightValue"] == {"Get": "Parameters.AccuracyThreshold"}
    assert measured["Path"] == "binary_classification_metrics.accuracy.value"
    assert [step["Name"] for step in gate["IfSteps"]] == ["RegisterModel"]
    assert [step["Name"] for step in gate["ElseSteps"]] == ["AccuracyTooLow"]


def test_the_failure_is_the_evaluations_own_sentence_and_the_reports_address(compact: Definition) -> None:
    words = _steps(compact)["AccuracyTooLow"]["Arguments"]["ErrorMessage"]["Std:Join"]["Values"]
    measured = _steps(compact)["AccuracyGate"]["Arguments"]["Conditions"][0]["LeftValue"]

    file = measured["Std:JsonGet"]["PropertyFile"]
    assert words[0] == {"Std:JsonGet": {"PropertyFile": file, "Path": "gate.sentence"}}
    assert words[-1]["Std:Join"]["Values"][-1] == "report.html"


def test_the_evaluation_writes_what_the_pipeline_reads(compact: Definition) -> None:
    read = re.findall(r'"Path": "([a-z_.0-9]+)"', json.dumps(compact))
    written = decide(0.7, 0.8, without_live(), 0.05)

    assert {path.partition(".")[2] for path in read if path.startswith("gate.")} <= written.keys()
    assert {path.partition(".")[2] for path in read if path.startswith("comparison.")} <= without_live().keys()


def test_a_version_waits_for_approval_and_tells_where_it_came_from(compact: Definition) -> None:
    package = _steps(compact)["RegisterModel"]["Arguments"]
    approval = next(entry for entry in compact["Parameters"] if entry["Name"] == "ModelApprovalStatus")

    assert approval["DefaultValue"] == "PendingManualApproval"
    assert package["ModelPackageGroupName"] == "scones-vehicles"
    assert package["MetadataProperties"]["GeneratedBy"] == {"Get": "Execution.PipelineExecutionArn"}
    assert package["CustomerMetadataProperties"]["profile"] == "compact"
    assert {"accuracy", "commit", "dataset_uri", "dataset_version", "execution_id", "profile"} <= set(
        package["CustomerMetadataProperties"]
    )
    assert package["CustomerMetadataProperties"]["start_reason"] == {"Get": "Parameters.StartReason"}
    assert "Tags" not in package, "AWS refuses tags on a version; its group has them"


def test_a_version_tells_where_its_test_pictures_and_their_evaluation_lie(compact: Definition) -> None:
    words = _steps(compact)["RegisterModel"]["Arguments"]["CustomerMetadataProperties"]

    for name, step, output in (
        ("test_uri", "PrepareData", "test"),
        ("evaluation_uri", "EvaluateModel", "evaluation"),
    ):
        path = f"ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri"
        assert words[name] == {"Get": f"Steps.{step}.{path}"}


def test_the_defaults_in_a_versions_metadata_keep_to_awss_pattern(
    compact: Definition, sagemaker_model: ServiceModel
) -> None:
    defaults = {entry["Name"]: str(entry["DefaultValue"]) for entry in compact["Parameters"]}
    package = _steps(compact)["RegisterModel"]["Arguments"]
    value = sagemaker_model.operation_model("CreateModelPackage").input_shape.members["CustomerMetadataProperties"]
    assert r"\p{L}\p{Z}\p{N}_.:\/=+\-@" in value.value.metadata["pattern"], "AWS changed the rule: read it again"

    for name, given in package["CustomerMetadataProperties"].items():
        parameter = given.get("Get", "").removeprefix("Parameters.") if isinstance(given, dict) else ""
        text = given if isinstance(given, str) else defaults.get(parameter, "")
        assert is_allowed(text), name


def test_a_version_tells_which_pictures_its_net_takes(compact: Definition) -> None:
    container = _steps(compact)["RegisterModel"]["Arguments"]["InferenceSpecification"]["Containers"][0]
    words = container["ModelInput"]["DataInputConfig"]["Std:Join"]["Values"]

    assert words[1] == {"Get": "Parameters.ImageShape"}
    assert json.loads(words[0] + "3,28,28" + words[2]) == {"data": [1, 3, 28, 28]}


def test_encryption_network_and_tags_reach_every_job(guarded: Definition) -> None:
    steps = _steps(guarded)
    tags = [{"Key": "sagemaker:project-id", "Value": "p-1"}, {"Key": "team", "Value": "bakery"}]
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}

    for name in ("PrepareData", "EvaluateModel"):
        job = steps[name]["Arguments"]
        assert job["NetworkConfig"]["VpcConfig"] == vpc
        assert job["ProcessingOutputConfig"]["KmsKeyId"] == GUARDED.kms_key
        assert job["Tags"] == tags
    training = steps["TrainModel"]["Arguments"]
    assert training["VpcConfig"] == vpc
    assert training["OutputDataConfig"]["KmsKeyId"] == GUARDED.kms_key
    assert training["Tags"] == tags
    assert steps["RegisterModel"]["Arguments"]["SecurityConfig"] == {"KmsKeyId": GUARDED.kms_key}
    assert steps["RegisterModel"]["Arguments"]["MetadataProperties"]["ProjectId"] == "p-1"


def test_no_job_asks_for_a_key_of_its_volume_as_types_with_local_disks_are_refused_with_one(
    guarded: Definition, tuned_guarded: Definition
) -> None:
    assert str(GUARDED.kms_key) in json.dumps(guarded)
    assert "VolumeKmsKeyId" not in json.dumps([guarded, tuned_guarded])


def test_training_leaves_the_metrics_to_the_algorithm_and_has_a_time_limit(
    compact: Definition, reference: Definition
) -> None:
    limits = {"compact": 3_600, "reference": 86_400}
    for name, definition in (("compact", compact), ("reference", reference)):
        training = _steps(definition)["TrainModel"]["Arguments"]
        assert "MetricDefinitions" not in training["AlgorithmSpecification"]
        assert training["AlgorithmSpecification"]["TrainingInputMode"] == "File"
        assert training["StoppingCondition"] == {"MaxRuntimeInSeconds": limits[name]}
        channels = {entry["ChannelName"]: entry["ContentType"] for entry in training["InputDataConfig"]}
        assert channels == dict.fromkeys(("train", "validation", "train_lst", "validation_lst"), "application/x-image")


def test_several_hosts_train_on_records_and_average_in_step(distributed: Definition) -> None:
    prepare, training = (_steps(distributed)[name]["Arguments"] for name in ("PrepareData", "TrainModel"))
    outputs = {
        entry["OutputName"]: entry["S3Output"]["LocalPath"] for entry in prepare["ProcessingOutputConfig"]["Outputs"]
    }
    arguments = prepare["AppSpecification"]["ContainerArguments"]
    defaults = {entry["Name"]: entry["DefaultValue"] for entry in distributed["Parameters"]}

    assert arguments[arguments.index("--record-io") + 1] == outputs["records"]
    assert {entry["ChannelName"]: entry["ContentType"] for entry in training["InputDataConfig"]} == dict.fromkeys(
        ("train", "validation"), "application/x-recordio"
    )
    assert training["ResourceConfig"]["InstanceCount"] == {"Get": "Parameters.TrainingInstanceCount"}
    assert (defaults["TrainingInstanceCount"], defaults["KvStore"]) == (2, "dist_sync")


def test_a_run_from_a_former_model_has_the_channel_that_aws_documents(
    compact: Definition, pretrained: Definition
) -> None:
    plain, training = (_steps(each)["TrainModel"]["Arguments"] for each in (compact, pretrained))
    channel = next(entry for entry in training["InputDataConfig"] if entry["ChannelName"] == "model")

    assert channel["ContentType"] == "application/x-sagemaker-model"
    assert channel["DataSource"]["S3DataSource"]["S3Uri"] == {"Get": "Parameters.ModelUri"}
    assert [entry for entry in training["InputDataConfig"] if entry is not channel] == plain["InputDataConfig"]
    assert training["HyperParameters"] == plain["HyperParameters"]
    words = _steps(pretrained)["RegisterModel"]["Arguments"]["CustomerMetadataProperties"]
    assert words["trained_from"] == {"Get": "Parameters.TrainedFrom"}


def test_transfer_learning_with_awss_own_weights_asks_for_a_net_that_they_exist_for() -> None:
    from localaws.algorithms.image_classification.hyperparameters import LARGE_FAMILY
    from localaws.algorithms.image_classification.resnet import SMALL_STEM_HEIGHT

    imagenet = _build(profile="imagenet")
    defaults = {entry["Name"]: entry["DefaultValue"] for entry in imagenet["Parameters"]}
    sent = _steps(imagenet)["TrainModel"]["Arguments"]["HyperParameters"]

    assert defaults["UsePretrainedModel"] == 1
    assert sent["use_pretrained_model"]["Std:Join"]["Values"] == [{"Get": "Parameters.UsePretrainedModel"}]
    assert defaults["NumLayers"] in LARGE_FAMILY
    assert int(defaults["ImageShape"].split(",")[1]) > SMALL_STEM_HEIGHT
    assert defaults["Resize"] == round(64 / 0.875), "what serving scales an image to before it cuts 64 out"


def test_a_tuned_run_searches_in_the_place_of_training(compact: Definition, tuned: Definition) -> None:
    assert [name.replace("TuneModel", "TrainModel") for name in _steps(tuned)] == list(_steps(compact))
    defaults = {entry["Name"]: entry["DefaultValue"] for entry in tuned["Parameters"]}
    assert (defaults["MaxTrainingJobs"], defaults["MaxParallelTrainingJobs"]) == (12, 2)
    assert defaults["TuningStrategy"] == "Bayesian"
    # What is searched cannot be set: it would not be used.
    assert not {"LearningRate", "MiniBatchSize", "Optimizer", "WeightDecay"} & defaults.keys()


def test_a_search_is_what_aws_takes_for_the_built_in_algorithm(tuned: Definition, tuned_guarded: Definition) -> None:
    account: Any = SimpleNamespace(settings=LocalSettings())  # a new customer's, who gets no withdrawn instance
    for definition in (tuned, tuned_guarded):
        arguments = _steps(definition)["TuneModel"]["Arguments"]
        told = {"Parameters": {entry["Name"]: entry["DefaultValue"] for entry in definition["Parameters"]}}
        scope = Scope(
            told["Parameters"],
            {"PipelineExecutionId": "abc"},
            {},
            lambda *_: {"lists": {"train": {"pictures": 900}}},
            lambda _: None,
        )
        text = json.dumps(arguments).replace("Steps.PrepareData.ProcessingOutputConfig", "Execution.Output")
        resolved = resolve(_without_outputs(json.loads(text)), scope)
        validate("CreateHyperParameterTuningJob", {"HyperParameterTuningJobName": "job", **resolved})
        tuning_checks.check(account, resolved)


def _without_outputs(value: Any) -> Any:
    """Put an address where another step's output is referred to."""
    if isinstance(value, dict) and str(value.get("Get", "")).startswith("Execution.Output"):
        return "s3://bucket/output"
    if isinstance(value, dict):
        return {key: _without_outputs(item) for key, item in value.items()}
    return [_without_outputs(item) for item in value] if isinstance(value, list) else value


def test_a_cached_search_changes_with_nothing_but_where_it_writes(tuned: Definition) -> None:
    step = _steps(tuned)["TuneModel"]
    arguments = json.loads(json.dumps(step["Arguments"]))
    for definition in arguments["TrainingJobDefinitions"]:
        del definition["OutputDataConfig"]
    assert step["CacheConfig"] == {"Enabled": True, "ExpireAfter": "P30D"}
    assert "Execution." not in json.dumps(arguments)


def test_the_best_trial_s_artifact_is_evaluated_and_registered(tuned: Definition) -> None:
    steps = _steps(tuned)
    inputs = steps["EvaluateModel"]["Arguments"]["ProcessingInputs"]
    evaluated = next(entry["S3Input"]["S3Uri"] for entry in inputs if entry["InputName"] == "model")
    package = steps["RegisterModel"]["Arguments"]

    assert evaluated["Std:Join"]["Values"] == [
        {"Get": "Steps.TuneModel.TrainingJobDefinitions[0].OutputDataConfig.S3OutputPath"},
        {"Get": "Steps.TuneModel.BestTrainingJob.TrainingJobName"},
        "output/model.tar.gz",
    ]
    assert package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] == evaluated
    told = package["CustomerMetadataProperties"]
    assert told["tuning_job"] == {"Get": "Steps.TuneModel.HyperParameterTuningJobName"}
    assert told["tuned_learning_rate"] == {
        "Get": "Steps.TuneModel.BestTrainingJob.TunedHyperParameters['learning_rate']"
    }


def test_encryption_network_and_tags_reach_every_trial(tuned_guarded: Definition) -> None:
    arguments = _steps(tuned_guarded)["TuneModel"]["Arguments"]
    assert {entry["Key"] for entry in arguments["Tags"]} == {"sagemaker:project-id", "team"}
    for definition in arguments["TrainingJobDefinitions"]:
        assert definition["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
        assert definition["OutputDataConfig"]["KmsKeyId"] == GUARDED.kms_key
        assert definition["EnableInterContainerTrafficEncryption"] is True

"""Members that AWS describes though no request had them: the SDK's `attach` and others read them without asking.

What the members default to is in botocore's documentation of each (`Channel.CompressionType`, `DataProcessing`,
`StoppingCondition.MaxRuntimeInSeconds` and so on); that they are described, also where they ask for nothing
(`KmsKeyId: ""`), is what the SageMaker SDK counts on: `_prepare_init_params_from_job_description` of its estimators,
transformers and tuners in https://github.com/aws/sagemaker-python-sdk/tree/master-v2/src/sagemaker. A test holds that
every member is there that it reads so.
"""

from __future__ import annotations

from localaws.records.jobs import PROCESSING, TRAINING, TRANSFORM
from localaws.shapes import Document

_DAY_SECONDS = 24 * 3600
_ISOLATION = {"EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": False}
# In each table: a structure or a list is made where there is none, but for one with a question mark, which is filled
# where it was given; the elements of a list are filled.
_TRAINED: Document = {
    "AlgorithmSpecification": {"EnableSageMakerMetricsTimeSeries": False},
    "InputDataConfig?": [
        {
            "CompressionType": "None",
            "RecordWrapperType": "None",
            "DataSource?": {"S3DataSource?": {"S3DataDistributionType": "FullyReplicated"}},
        }
    ],
    "OutputDataConfig": {"KmsKeyId": "", "CompressionType": "GZIP"},
    "ResourceConfig?": {"VolumeSizeInGB": 0},
    "StoppingCondition": {"MaxRuntimeInSeconds": _DAY_SECONDS},
    "EnableManagedSpotTraining": False,
    **_ISOLATION,
}
# Trials get theirs when they are created.
_TUNED = {name: value for name, value in _TRAINED.items() if name != "AlgorithmSpecification"} | {
    "StaticHyperParameters": {}
}
_SCALED = {"ScalingType": "Auto"}
_RANGES: Document = {
    "IntegerParameterRanges": [_SCALED],
    "ContinuousParameterRanges": [_SCALED],
    "CategoricalParameterRanges": [],
}
_CONTAINER: Document = {"Mode": "SingleModel", "Environment": {}}

JOBS: dict[str, Document] = {
    TRAINING.noun: {**_TRAINED, "HyperParameters": {}, "ProfilingStatus": "Disabled"},
    PROCESSING.noun: {
        "ProcessingInputs?": [
            {
                "AppManaged": False,
                "S3Input?": {
                    "S3InputMode": "File",
                    "S3DataDistributionType": "FullyReplicated",
                    "S3CompressionType": "None",
                },
            }
        ],
        "ProcessingOutputConfig?": {"Outputs?": [{"AppManaged": False}]},
        "StoppingCondition": {"MaxRuntimeInSeconds": _DAY_SECONDS},
    },
    TRANSFORM.noun: {
        "TransformInput": {"CompressionType": "None", "SplitType": "None"},
        "TransformOutput": {"AssembleWith": "None", "KmsKeyId": ""},
        "DataProcessing": {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"},
    },
}
TUNING: Document = {
    "HyperParameterTuningJobConfig": {
        "TrainingJobEarlyStoppingType": "Off",
        "ParameterRanges?": _RANGES,
    },
    "TrainingJobDefinition?": _TUNED,
    "TrainingJobDefinitions?": [{**_TUNED, "HyperParameterRanges?": _RANGES}],
}
MODEL: Document = {"PrimaryContainer?": _CONTAINER, "Containers?": [_CONTAINER], "EnableNetworkIsolation": False}
ENDPOINT_CONFIG: Document = {
    "ProductionVariants": [{"InitialVariantWeight": 1.0}],
    "EnableNetworkIsolation": False,
}
PACKAGE: Document = {"CertifyForMarketplace": False}


def fill(request: Document, defaults: Document) -> Document:
    """A request with the members that AWS adds to it; what was given stays."""
    filled = dict(request)
    for member, value in defaults.items():
        name = member.rstrip("?")
        if filled.get(name) is None and name == member:
            filled[name] = [] if isinstance(value, list) else fill({}, value) if isinstance(value, dict) else value
        elif isinstance(filled.get(name), dict):
            filled[name] = fill(filled[name], value)
        elif isinstance(filled.get(name), list) and value:
            filled[name] = [fill(item, value[0]) for item in filled[name]]
    return filled

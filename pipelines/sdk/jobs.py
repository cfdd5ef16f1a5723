"""What training, tuning and registration are asked for: the two SDKs describe these three in classes that differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# A string, or what is known at run time only: an SDK's PipelineVariable.
Text = Any
Tag = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class TrainingJob:
    """A training with a built-in algorithm, as CreateTrainingJob takes it; an empty network is none."""

    image: str
    role: str
    instance_count: Any
    instance_type: Text
    volume_gb: int
    max_runtime_seconds: int
    output_uri: Text
    output_kms_key: str | None
    hyperparameters: Mapping[str, Any]
    environment: Mapping[str, Text]
    tags: Sequence[Tag]
    subnets: Sequence[str]
    security_groups: Sequence[str]


@dataclass(frozen=True)
class Channel:
    """An S3 prefix that every instance of a training gets whole."""

    name: str
    uri: Text
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Search:
    """A tuning job over several trainings, each with the same objective and the same ranges."""

    jobs: Mapping[str, TrainingJob]
    ranges: Mapping[str, Any]
    objective: str
    strategy: Text
    max_jobs: Any
    max_parallel_jobs: Any
    seed: Any
    tags: Sequence[Tag]


@dataclass(frozen=True, kw_only=True)
class Package:
    """A new version in the model registry; its tags come from its group."""

    group: str
    image: str
    artifact: Text
    role: str
    kms_key: str | None
    content_types: Sequence[str]
    response_types: Sequence[str]
    inference_instances: Sequence[str]
    transform_instances: Sequence[str]
    approval_status: Text
    statistics_uri: Text  # of a JSON file
    origin: Mapping[str, Text]  # MetadataProperties, in the SDK's spelling
    metadata: Mapping[str, Text]
    model_card: Text  # its content, JSON as text
    input_shape: Text
    domain: str
    task: str

    def add_rest(self, request: dict[str, Any]) -> None:
        """Put what `register` of both SDKs has no argument for, or none for a value of run time, into the request."""
        request["ModelCard"] = {"ModelCardContent": self.model_card, "ModelCardStatus": "Draft"}
        if self.kms_key:
            request["SecurityConfig"] = {"KmsKeyId": self.kms_key}

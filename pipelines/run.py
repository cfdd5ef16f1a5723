"""Everything between a checkout and a running execution: code, definition, data version, upsert, start."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from botocore.exceptions import ClientError

from common.aws_errors import get_code
from common.data_version import CURATED, keep_prefix
from common.live_model import find_live_model
from common.metadata import clean_value
from pipelines.clients import Client, make_client
from pipelines.code import build_archives, locate_code, upload_code
from pipelines.data import get_address, newest_archive, require_data, version_data
from pipelines.define import define, define_monitoring
from pipelines.errors import PipelineError
from pipelines.images import check_images, list_images
from pipelines.initial_model import find_initial_model
from pipelines.metadata import LABELS, check_metadata
from pipelines.profiles import Profile
from pipelines.settings import Settings
from pipelines.start import check_parameters, start_execution
from pipelines.upsert import upsert_monitoring_pipeline, upsert_pipeline


def run(
    settings: Settings,
    profile: Profile,
    overrides: Mapping[str, str],
    *,
    display_name: str | None = None,
    token: str | None = None,
    from_version: str | None = None,
    tuned: bool = False,
    cache: Path | None = None,
    before_start: Callable[[], None] | None = None,
) -> str:
    """Bring code and pipeline up to date, start an execution and return its ARN.

    `before_start` is called when nothing is left to refuse. `from_version` is the number of a registered version to go
    on from, or `live`, and `cache` a folder that keeps definitions. Raises PipelineError before anything is started:
    for an unknown parameter or a value that it does not take, a missing image, bucket or archive, another net.
    """
    overrides = {**overrides, **{name: clean_value(overrides[name]) for name in LABELS if name in overrides}}
    s3, sagemaker = (make_client(service, settings.region) for service in ("s3", "sagemaker"))
    try:
        initial = find_initial_model(s3, sagemaker, settings, profile, overrides, from_version)
        archives = build_archives()
        definition = define(settings, profile, locate_code(settings, archives), initial, tuned=tuned, cache=cache)
        check_parameters(definition, overrides)
        check_images(list_images(definition, settings.account), partial(make_client, "ecr"))
        upload_code(s3, settings, archives)
        parameters = choose_data(s3, settings, overrides)
        check_metadata(parameters)
    except ClientError as error:
        if get_code(error) != "NoSuchBucket":
            raise
        raise PipelineError(_missing_bucket(settings, overrides)) from error
    _upsert(sagemaker, settings, definition, cache)
    parameters = choose_live_model(s3, sagemaker, settings, parameters)
    if before_start is not None:
        before_start()
    return start_execution(sagemaker, settings.pipeline_name, parameters, display_name=display_name, token=token)


def update(settings: Settings, profile: Profile, cache: Path | None = None) -> None:
    """Bring code and pipeline up to date, and start nothing: what starts later by itself is of this profile."""
    s3, sagemaker = (make_client(service, settings.region) for service in ("s3", "sagemaker"))
    archives = build_archives()
    definition = define(settings, profile, locate_code(settings, archives), None, tuned=False, cache=cache)
    check_images(list_images(definition, settings.account), partial(make_client, "ecr"))
    upload_code(s3, settings, archives)
    _upsert(sagemaker, settings, definition, cache)


def _upsert(sagemaker: Client, settings: Settings, definition: str, cache: Path | None) -> None:
    upsert_pipeline(sagemaker, settings, definition)
    # With the training pipeline, so that it is there before the first version can be approved.
    upsert_monitoring_pipeline(sagemaker, settings, define_monitoring(settings, cache))


def choose_data(s3: Client, settings: Settings, overrides: Mapping[str, str]) -> dict[str, str]:
    """Complete the parameters: the newest archive unless one is named, and the version of the data."""
    source = overrides.get("InputDataUri") or newest_archive(s3, settings.bucket)
    curated = overrides.get("CuratedDataUri") or f"s3://{settings.bucket}/{CURATED}"
    prefix = get_address(curated)
    require_data(s3, source)
    keep_prefix(s3, prefix.bucket, prefix.key)
    version = version_data(s3, source, curated)
    return {"DatasetVersion": version, **overrides, "InputDataUri": source, "CuratedDataUri": curated}


def choose_live_model(
    s3: Client, sagemaker: Client, settings: Settings, parameters: Mapping[str, str]
) -> dict[str, str]:
    """Complete the parameters: the model to compare with is the live one, unless one is named or `LiveModelUri=` is."""
    uri = parameters.get("LiveModelUri")
    if uri is None:
        uri = find_live_model(s3, sagemaker, settings.bucket, settings.model_package_group)
    others = {name: value for name, value in parameters.items() if name != "LiveModelUri"}
    return others | ({"LiveModelUri": uri} if uri else {})


def _missing_bucket(settings: Settings, overrides: Mapping[str, str]) -> str:
    """Say which bucket may be meant: S3's answer does not."""
    addresses = [overrides[name] for name in ("InputDataUri", "CuratedDataUri") if name in overrides]
    given = f", or one of those in {' and '.join(addresses)}," if addresses else ""
    return (
        f"The bucket {settings.bucket}{given} does not exist; create the project's stack with `scones up` or "
        "`scones deploy`, or name another bucket in SCONES_BUCKET or in the address."
    )

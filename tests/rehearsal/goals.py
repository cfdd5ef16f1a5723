"""What the page's acts must achieve: a command that succeeds may still have done nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.rehearsal import leftovers
from tests.rehearsal.page import ByHand, Command
from tests.rehearsal.site import PROJECT, Site
from tests.rehearsal.walk import WalkError

_STAYS = re.compile(r"^  (\S.*?): .*; stays$", re.MULTILINE)


def check(site: Site, act: Command | ByHand, printed: str) -> None:
    """Raise WalkError if an act did not achieve its goal."""
    site.remember()
    for pattern, goal in _GOALS.items():
        if isinstance(act, Command) and re.search(pattern, act.text):
            goal(site, printed)


def _images_exist(site: Site, _: str) -> None:
    """Every image of the account's own registry that the pipeline names is in it."""
    described = site.client("sagemaker").describe_pipeline(PipelineName=f"{PROJECT}-training")
    named = set(re.findall(rf'"({site.settings.account}\.dkr\.ecr\.[^"]+)"', described["PipelineDefinition"]))
    ecr = site.client("ecr")
    for image in sorted(named):
        repository, separator, tag = re.split(r"([:@])", image.partition("/")[2], maxsplit=1)
        kind = "imageTag" if separator == ":" else "imageDigest"
        try:
            ecr.describe_images(repositoryName=repository, imageIds=[{kind: tag}])
        except ecr.exceptions.ClientError as error:
            raise WalkError(f"the pipeline's jobs run in {image}, which nobody has pushed: {error}") from error


def _serves(site: Site, _: str) -> None:
    """The endpoint is in service."""
    sagemaker = site.client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=f"{PROJECT}-vehicles")
    if endpoint["EndpointStatus"] != "InService":
        raise WalkError(
            f"the endpoint is {endpoint['EndpointStatus']} after the approval: {endpoint.get('FailureReason')}"
        )


def _is_watched(site: Site, _: str) -> None:
    """The hourly check is enabled, with the live version's baseline."""
    version = site.client("sagemaker").list_tags(ResourceArn=_configuration(site))["Tags"]
    live = next(tag["Value"] for tag in version if tag["Key"] == "scones:version")
    baseline = _baseline(site)
    if not re.search(rf"/v{live}(/|$)", baseline):
        raise WalkError(f"version {live} is live, and the hourly check is held against {baseline or 'nothing'}")


def _configuration(site: Site) -> str:
    sagemaker = site.client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=f"{PROJECT}-vehicles")
    described = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    return str(described["EndpointConfigArn"])


def _baseline(site: Site) -> str:
    """The baseline that the schedule names, of either backend."""
    scheduler, name = site.client("scheduler"), f"{PROJECT}-vehicles-drift"
    try:
        described = scheduler.get_schedule(Name=name)
    except scheduler.exceptions.ResourceNotFoundException:
        kept = site.client("sagemaker").describe_monitoring_schedule(MonitoringScheduleName=name)
        job = kept["MonitoringScheduleConfig"]["MonitoringJobDefinition"]
        return str(job["BaselineConfig"]["ConstraintsResource"]["S3Uri"])
    listed = described["Target"]["SageMakerPipelineParameters"]["PipelineParameterList"]
    return "".join(one["Value"] for one in listed if one["Name"] == "BaselineUri")


def _stays_as_said(site: Site, printed: str) -> None:
    """What remains is what the command listed as staying, and nothing else."""
    said = set(_STAYS.findall(printed))
    left = leftovers.find(site.client, PROJECT, site.key)
    if left != said:
        raise WalkError(
            f"`scones destroy` has left {_listed(left - said)} unsaid, and {_listed(said - left)} is not there."
        )


def _nothing_is_left(site: Site, _: str) -> None:
    left = leftovers.find(site.client, PROJECT, site.key)
    if left:
        raise WalkError(f"`scones destroy --delete-data` has left {_listed(left)}.")


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


Goal = Callable[[Site, str], None]
_GOALS: dict[str, Goal] = {
    r"scones .*aws watch": _images_exist,
    r"scones .*\bapprove\b": _serves,
    r"scones .*\bdusk\b": _is_watched,
    r"scones .*\bdestroy$": _stays_as_said,
    r"scones .*\bdestroy --delete-data": _nothing_is_left,
}

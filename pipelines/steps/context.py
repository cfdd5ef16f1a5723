"""What every step of one definition is built from."""

import functools
from dataclasses import dataclass

from pipelines.code import CodeLocations
from pipelines.errors import PipelineError
from pipelines.profiles import Profile
from pipelines.sdk import PipelineSession, image_uris
from pipelines.settings import Settings
from pipelines.steps.parameters import Parameters


@dataclass(frozen=True, kw_only=True)
class Context:
    """Settings, profile, parameters, code addresses and the SDK session of one definition."""

    settings: Settings
    profile: Profile
    parameters: Parameters
    code: CodeLocations
    session: PipelineSession

    @property
    def algorithm_image(self) -> str:
        """The registry address of the built-in image classification, for training and hosting."""
        return _find_algorithm_image(self.settings.region)


@functools.cache
def _find_algorithm_image(region: str) -> str:
    """Find it once: the SDK reads all of AWS's endpoints each time, and a definition names the image three times."""
    try:
        return str(image_uris.retrieve("image-classification", region))
    except ValueError as error:
        raise PipelineError(f"The built-in image classification is not offered in {region}.") from error

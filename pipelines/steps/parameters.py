"""The declared parameters as the SageMaker SDK's objects, which steps refer to."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.hyperparameters import HYPERPARAMETERS, Value
from pipelines.initial_model import InitialModel
from pipelines.parameters import MODEL_URI, OF_TUNING, OWN, TRAINED_FROM
from pipelines.profiles import Profile
from pipelines.sdk import Parameter, ParameterFloat, ParameterInteger, ParameterString
from pipelines.search_space import SEARCHED
from pipelines.settings import Settings

KINDS: dict[type, type[Parameter]] = {str: ParameterString, int: ParameterInteger, float: ParameterFloat}


@dataclass(frozen=True)
class Parameters:
    """The pipeline's own parameters by their names, and the hyperparameters by the algorithm's."""

    own: Mapping[str, Parameter]
    hyperparameters: Mapping[str, Parameter]
    tuning: Mapping[str, Parameter]  # empty but for a tuned run

    def __getitem__(self, name: str) -> Parameter:
        return {**self.own, **self.tuning}[name]

    def listed(self) -> list[Parameter]:
        """Return all of them, for the pipeline's definition."""
        return [*self.own.values(), *self.hyperparameters.values(), *self.tuning.values()]


def build_parameters(
    settings: Settings, profile: Profile, initial: InitialModel | None = None, tuned: bool = False
) -> Parameters:
    """Build the parameters with the defaults of a project and a profile.

    The artifact that a run starts from is a default as well: a retraining that names no parameter starts from it again.
    What a tuned run searches has no parameter: a value that is set and not used would be a trap.
    """
    own = {entry.name: build(entry.name, entry.default_of(settings, profile), entry.allowed) for entry in OWN}
    if initial is not None or profile.starts_from_weights:
        own[MODEL_URI] = ParameterString(MODEL_URI, initial.uri if initial else None)
        own[TRAINED_FROM] = ParameterString(TRAINED_FROM, initial.name if initial else "unknown")
    chosen = {
        name: build(HYPERPARAMETERS[name].parameter, value, HYPERPARAMETERS[name].allowed, HYPERPARAMETERS[name].kind)
        for name, value in profile.hyperparameters.items()
        if not (tuned and name in SEARCHED)
    }
    tuning = {entry.name: build(entry.name, entry.default_of(settings, profile), entry.allowed) for entry in OF_TUNING}
    return Parameters(own, chosen, tuning if tuned else {})


def build(name: str, default: Value, allowed: tuple[str, ...] = (), kind: type | None = None) -> Parameter:
    """Build one parameter; a closed set of words becomes its enum."""
    if allowed:
        return ParameterString(name, str(default), enum_values=list(allowed))
    return KINDS[kind or type(default)](name, default_value=default)

"""What a person may set when a run is started, and what is wrong with a value, before anything is started."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from common.masking import HIDDEN
from pipelines.errors import PipelineError
from pipelines.hyperparameters import HYPERPARAMETERS, Value
from pipelines.parameters import MODEL_URI, OF_TUNING, OWN, RANGES, TRAINED_FROM
from pipelines.profiles import Profile
from pipelines.search_space import SEARCHED
from pipelines.settings import Settings
from pipelines.start import KINDS, check_parameters

_TYPES = {int: "Integer", float: "Float", str: "String"}
# What the start itself fills in: who, which data, and which models there are then.
_FILLED_IN = ("CommitId", "StartedBy", "DatasetVersion", "LiveModelUri", MODEL_URI, TRAINED_FROM)


@dataclass(frozen=True)
class Field:
    """A parameter that can be set; `kind` is SageMaker's type of it."""

    name: str
    default: str
    kind: str
    allowed: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        """What it may be, in words."""
        if self.allowed or self.kind not in KINDS:
            return f"default {self.default or 'empty'}"
        range_ = RANGES.get(self.name)
        words = KINDS[self.kind][1] + (f" {range_.words}" if range_ else "")
        return f"default {self.default}; {words}"

    def find_error(self, value: str) -> str | None:
        """Why a value is not taken, in a sentence; None for a good one, and for an empty one, which is the default."""
        if not value:
            return None
        declared = {"Name": self.name, "Type": self.kind, **({"EnumValues": self.allowed} if self.allowed else {})}
        try:
            check_parameters(json.dumps({"Parameters": [declared]}), {self.name: value})
        except PipelineError as error:
            return str(error)
        return None


def list_fields(settings: Settings, profile: Profile, *, tuned: bool) -> list[Field]:
    """The parameters of a profile's pipeline, hyperparameters first; a search's own stand for what it searches."""
    return [*_list_hyperparameters(profile, tuned), *_list_others(settings, profile, tuned)]


def _list_hyperparameters(profile: Profile, tuned: bool) -> Iterator[Field]:
    for name, value in profile.hyperparameters.items():
        if not (tuned and name in SEARCHED):
            entry = HYPERPARAMETERS[name]
            yield Field(entry.parameter, _write(value), _TYPES[entry.kind], entry.allowed)


def _list_others(settings: Settings, profile: Profile, tuned: bool) -> Iterator[Field]:
    for entry in (*(OF_TUNING if tuned else ()), *OWN):
        if entry.name not in _FILLED_IN:
            default = entry.default_of(settings, profile)
            yield Field(entry.name, _write(default), _TYPES[entry.kind], entry.allowed)


def _write(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def choose_values(given: Mapping[str, str], fields: list[Field]) -> dict[str, str]:
    """Of a past run's parameters those that the form has and that can be given again: a hidden value cannot."""
    names = {field.name for field in fields}
    return {name: value for name, value in given.items() if name in names and HIDDEN not in value}


def list_assignments(values: Mapping[str, str], fields: list[Field]) -> list[str]:
    """The form's values as `scones run --set` takes them; what is empty or the default is not set."""
    return [
        f"{field.name}={values[field.name]}"
        for field in fields
        if values.get(field.name) and values[field.name] != field.default
    ]


def write_command(profile: str, assignments: list[str], version: str, *, tuned: bool) -> str:
    """The same start as a command."""
    words = ["scones run", f"--profile {profile}", *(f"--set {shlex.quote(assignment)}" for assignment in assignments)]
    words += [f"--from-version {version}"] if version else []
    return " ".join(words + (["--tune"] if tuned else []))

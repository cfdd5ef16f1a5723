"""What AWS refuses in the ranges of a tuning job, and in what it leaves fixed."""

from __future__ import annotations

import math

from localaws import errors
from localaws.algorithms.errors import ClientError
from localaws.images.builtin import Algorithm, find_algorithm
from localaws.jobs.script_mode.program import names_script
from localaws.shapes import Document
from localaws.tuning import definitions
from localaws.tuning.definitions import Range

_MOST_SEARCHED = 30


def check(config: Document, body: Document) -> None:
    """Refuse a definition's ranges, or its static hyperparameters, as AWS does."""
    given: Document = body.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
    if given.get("AutoParameters"):
        raise errors.validation("AutoParameters are not emulated by the local AWS; give ranges of your own.")
    _numbers(given)
    found = definitions.read(given)
    if len(found) > _MOST_SEARCHED:
        raise errors.AwsError(
            "ResourceLimitExceeded", f"{len(found)} hyperparameters are searched; {_MOST_SEARCHED} are allowed."
        )
    static: dict[str, str] = body.get("StaticHyperParameters") or {}
    _named_once(found, static)
    for item in found:
        _scale(item)
    image = body["AlgorithmSpecification"].get("TrainingImage", "")
    algorithm = find_algorithm(image)
    if algorithm:
        _check_tunable(image, algorithm, found)
        if not (algorithm.runs_scripts and names_script(static)):
            _check_values(algorithm, found, static)


def _numbers(given: Document) -> None:
    for kind, read, wanted in (("Integer", int, "a whole number"), ("Continuous", float, "a number")):
        for item in given.get(f"{kind}ParameterRanges") or []:
            for member in ("MinValue", "MaxValue"):
                try:
                    number = read(item[member])
                except ValueError:
                    number = math.nan
                if not math.isfinite(number):
                    raise errors.validation(
                        f"The range of {item['Name']} has the {member} {item[member]!r}; it must be {wanted}."
                    )


def _named_once(found: list[Range], static: dict[str, str]) -> None:
    names = [item.name for item in found]
    twice = sorted({name for name in names if names.count(name) > 1 or name in static})
    if twice:
        raise errors.validation(
            f"The hyperparameters {', '.join(twice)} stand more than once; each is either static or has one range."
        )


def _scale(item: Range) -> None:
    if item.kind == "Categorical":
        if len(set(item.texts)) < len(item.texts):
            raise errors.validation(f"The values of {item.name} are not distinct: {', '.join(item.texts)}.")
        return
    if item.low > item.high:
        raise errors.validation(f"The range of {item.name} ends at {item.high:g}, before its beginning {item.low:g}.")
    if item.scale == "Logarithmic" and item.low <= 0:
        raise errors.validation(f"{item.name} has the ScalingType Logarithmic, for which MinValue must be above 0.")
    if item.scale == "ReverseLogarithmic":
        if item.kind != "Continuous":
            raise errors.validation(f"{item.name} has the ScalingType ReverseLogarithmic; it must be continuous.")
        if item.low < 0 or item.high >= 1:
            raise errors.validation(
                f"{item.name} has the ScalingType ReverseLogarithmic, for which the range lies from 0 to below 1."
            )


def _check_tunable(image: str, algorithm: Algorithm, found: list[Range]) -> None:
    tunable = algorithm.tunable
    untunable = [item.name for item in found if item.kind not in tunable.get(item.name, ())]
    if untunable:
        allowed = ", ".join(f"{name} ({kinds[0]})" for name, kinds in sorted(tunable.items()))
        raise errors.validation(
            "The hyperparameter tuning job you requested has the following untunable hyperparameters: "
            f"[{', '.join(untunable)}]. For the algorithm, {image}, you can tune only [{allowed}]. "
            "Delete untunable hyperparameters."
        )


def _check_values(algorithm: Algorithm, found: list[Range], static: dict[str, str]) -> None:
    searched = {item.name for item in found}
    missing = [name for name in algorithm.required if name not in static and name not in searched]
    if missing:
        raise errors.validation(f"The hyperparameters {', '.join(missing)} are required in StaticHyperParameters.")
    for item in found:
        for text in item.texts or (_written(item, item.low), _written(item, item.high)):
            _check_value(algorithm, item.name, text)
    for name, text in static.items():
        _check_value(algorithm, name, text)


def _written(item: Range, number: float) -> str:
    return str(int(number)) if item.kind == "Integer" else str(number)


def _check_value(algorithm: Algorithm, name: str, text: str) -> None:
    rules = algorithm.rules
    if name not in rules:
        raise errors.validation(f"The algorithm has no hyperparameter {name}; it has {', '.join(sorted(rules))}.")
    try:
        rules[name].read(text)
    except (ValueError, ClientError) as error:
        raise errors.validation(
            f"The value {text!r} is not valid for {name}, which is {rules[name].allowed}."
        ) from error

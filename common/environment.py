"""Variables of a function, each read with the rule that it has to keep."""

from __future__ import annotations

from collections.abc import Mapping

from common.s3 import parse_s3_address


class SettingsError(Exception):
    """A function's environment is incomplete or holds a value that cannot be."""


def text(environment: Mapping[str, str], name: str) -> str:
    """A variable that must be set."""
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"The variable {name} is not set; deploy the stack again, its template sets it.")
    return value


def one_of(environment: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(environment, name)
    if value not in allowed:
        raise SettingsError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def arn(environment: Mapping[str, str], name: str) -> str:
    """The ARN of a resource."""
    value = text(environment, name)
    if not value.startswith("arn:") or value.count(":") < 5:
        raise SettingsError(f"{name} is {value!r}; it must be an ARN.")
    return value


def number(environment: Mapping[str, str], name: str, least: float, most: float) -> float:
    """A number within bounds."""
    value = text(environment, name)
    try:
        found = float(value)
    except ValueError:
        found = float("nan")
    if not least <= found <= most:
        raise SettingsError(f"{name} is {value!r}; it must be a number from {least:,} to {most:,}.")
    return found


def whole_number(environment: Mapping[str, str], name: str, least: int, most: int) -> int:
    """A whole number within bounds."""
    value = text(environment, name)
    if not value.isdecimal() or not least <= int(value) <= most:
        raise SettingsError(f"{name} is {value!r}; it must be a whole number from {least} to {most}.")
    return int(value)


def number_or_auto(environment: Mapping[str, str], name: str, least: float, most: float) -> float | None:
    """A number within bounds, or None for the word `auto`."""
    return None if text(environment, name) == "auto" else number(environment, name, least, most)


def folder(environment: Mapping[str, str], name: str) -> str:
    """An S3 address that ends in a slash."""
    value = text(environment, name)
    if parse_s3_address(value) is None:
        raise SettingsError(f"{name} is {value!r}; it must be an address like s3://bucket/prefix/.")
    return value.rstrip("/") + "/"


def names(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Names joined by commas; none where the variable is not set."""
    return tuple(part.strip() for part in environment.get(name, "").split(",") if part.strip())

"""What is wrong, in Model Monitor's schema for constraint_violations.json."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Check = Literal["data_type_check", "completeness_check", "baseline_drift_check", "categorical_values_check"]


@dataclass(frozen=True)
class Violation:
    """One feature's violation; the description is a sentence with the figures."""

    feature_name: str
    constraint_check_type: Check
    description: str


def as_document(violations: list[Violation]) -> dict[str, list[dict[str, str]]]:
    """The file's content."""
    return {"violations": [asdict(violation) for violation in violations]}

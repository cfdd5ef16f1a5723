"""Of this module scripts import the name alone; what they would use of it is said to be missing."""

from __future__ import annotations

from typing import NoReturn


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(
        f"sagemaker_containers.beta.framework.{__name__.rsplit('.', 1)[-1]}.{name} is not here; read the SM_ variables."
    )

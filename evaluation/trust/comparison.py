"""Is the new model worse than the live one? Both answer the same images, so only those that they answer
differently say anything: McNemar's test, exact and one-sided."""

from math import comb
from typing import Any

import numpy as np

from evaluation.predict import Answers
from evaluation.trust.intervals import RESAMPLES, limits

NO_LIVE = "There is no live version to compare with."


def without_live() -> dict[str, Any]:
    """The section `comparison` where nothing is live: nothing speaks against the new model."""
    return {"live_model_uri": "", "p_value": 1.0, "verdict": NO_LIVE}


def compare(new: Answers, live: Answers, uri: str, level: float, seed: int) -> dict[str, Any]:
    """The section `comparison`; a small `p_value` says that the new model is worse than the live one."""
    lost = int((~new.right & live.right).sum())
    gained = int((new.right & ~live.right).sum())
    p_value = worse_by_chance(lost, gained)
    return {
        "live_model_uri": uri,
        "accuracy": {"new": float(new.right.mean()), "live": float(live.right.mean())},
        "discordant": {"only_live_right": lost, "only_new_right": gained},
        "accuracy_difference": {
            "value": (gained - lost) / len(new.right),
            **_interval(lost, gained, len(new.right), seed),
        },
        "p_value": p_value,
        "verdict": _verdict(lost, gained, p_value, level),
    }


def worse_by_chance(lost: int, gained: int) -> float:
    """How likely as many lost images are, or more, if either model were as often the better one."""
    differing = lost + gained
    return sum(comb(differing, count) for count in range(lost, differing + 1)) / 2**differing


def _interval(lost: int, gained: int, count: int, seed: int) -> dict[str, float | str]:
    """The paired bootstrap's interval of the difference.

    Drawing images anew draws lost, gained and other ones by their shares.
    """
    shares = [lost / count, gained / count, 1 - (lost + gained) / count]
    drawn = np.random.default_rng(seed).multinomial(count, shares, size=RESAMPLES)
    return limits((drawn[:, 1] - drawn[:, 0]) / count)


def _verdict(lost: int, gained: int, p_value: float, level: float) -> str:
    seen = (
        f"{lost} images are predicted correctly by the live version alone and {gained} by the new model alone "
        f"(p = {p_value:.2g})"
    )
    if level > 0 and p_value < level:
        return f"The new model is worse than the live version: {seen}."
    if p_value < 0.05:
        return f"The new model seems worse than the live version, and PairedGateLevel {level:g} lets it pass: {seen}."
    return f"Nothing shows that the new model is worse than the live version: {seen}."

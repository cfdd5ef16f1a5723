"""`scones demo --drift`: dusk falls, the alarm rings, a person labels what was doubted, a better version may go live.

Each figure that is printed was measured on the way, and what shows no improvement is not approved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from console import endpoint, registry
from console.commands import drift, versions
from console.errors import CommandError
from console.output import print_rows, say
from console.target import Target

if TYPE_CHECKING:
    from console.drift.comparison import Compared

_INDENT = "     "
_NAMED = 3


def find_demonstrated(target: Target, profile: str) -> int | None:
    """The live version where it is one of the demo's, which can be gone on from; None where the demo begins anew."""
    found = endpoint.fetch(target)
    if found is None or found.number is None or found.status != "InService":
        return None
    arn = registry.get_summary(target, found.number)["ModelPackageArn"]
    package = target.client("sagemaker").describe_model_package(ModelPackageName=arn)
    same = package.get("CustomerMetadataProperties", {}).get("profile") == profile
    return found.number if same else None


def show_drift(target: Target, live: int) -> int:
    """From dusk to a new version; answers 0 where that is live, 1 where it was not good enough."""
    from console.drift import checks, dusk
    from console.progress.follow import follow

    began = datetime.now(UTC)
    dusk.check_limit(target, began)
    checks.await_baseline(target)
    print("6/10 Dusk falls.")
    _measure_by_day(target, live)
    items = drift.send_dusk(target, _INDENT)
    print("7/10 The check for drift runs at once, instead of at its hour:", flush=True)
    drift.print_run(target, checks.run_now(target, hours=1))
    answer = dusk.await_answer(target, began)
    print(f"{_INDENT}{answer.sentence}", flush=True)
    if answer.execution:  # something else was new
        follow(target.client, answer.execution)
    execution = _label(target, items)
    code = follow(target.client, execution)
    return code or _compare_and_approve(target, live, execution)


def _measure_by_day(target: Target, live: int) -> None:
    from console.drift import dusk
    from console.drift.comparison import Asked

    by_day = [dusk.draw_vehicle(dusk.SENT, number) for number in range(dusk.IMAGES)]
    accuracy = float(Asked(target, live).answer(by_day).mean())
    print(
        f"{_INDENT}By day version {live} is correct on {accuracy:.1%} of {dusk.IMAGES} vehicles that it has never seen."
    )


def _label(target: Target, items: Sequence[dict[str, Any]]) -> str:
    """Label what the model doubted, as a person would, and close the batch; answers the training that this starts."""
    from console.drift import dusk
    from console.intake import ingestion, review
    from console.intake.store import Store

    doubtful = [item for item in items if item.get("status") == "NEEDS_REVIEW"]
    print(
        f"8/10 {len(doubtful)} answers were doubtful; their images wait under review/. The demo plays the person here\n"
        f"{_INDENT}who labels each, by `scones label` or on the page: it knows what it has drawn.",
        flush=True,
    )
    store = Store(target)
    moved = [review.label(store, item["review_uri"], dusk.find_truth(item)) for item in doubtful]
    for item in doubtful[:_NAMED]:
        truth = dusk.find_truth(item)
        verdict = "right" if item["label"] == truth else "wrong"
        say(f"{_INDENT}{item['label']}, {item['confidence']:.0%} sure, was {verdict}: labelled {truth}")
    function = f"{target.project.project}-ingest-image"
    ingestion.await_intake(store, moved, lambda *_: None, function)
    curated = sum(1 for _ in store.entries(ingestion.CURATED))
    batch = ingestion.await_execution(store, ingestion.close_batch(store), function)
    if batch.execution is None or batch.reason:
        raise CommandError(f"The labelled images started no training: {batch.reason or 'their batch waits'}.")
    print(
        f"{_INDENT}{curated} images are curated now, and the batch is closed, which starts the retraining:\n"
        f"{_INDENT}{batch.execution}",
        flush=True,
    )
    return batch.execution


def _compare_and_approve(target: Target, live: int, execution: str) -> int:
    from console.drift import dusk
    from console.drift.comparison import Asked, compare

    version = _get_version(target, execution)
    print(
        f"9/10 Versions {live} and {version} answer {dusk.IMAGES} other vehicles, which nobody has labelled:",
        flush=True,
    )
    by_day = [dusk.draw_vehicle(dusk.HELD_OUT, number) for number in range(dusk.IMAGES)]
    old, new = Asked(target, live), Asked(target, version)
    found = {
        light: compare(old.answer(images), new.answer(images))
        for light, images in (("at dusk", [dusk.darken(image) for image in by_day]), ("by day", by_day))
    }
    print_rows([_row(light, each, live, version) for light, each in found.items()], as_json=False, empty="")
    print(f"{_INDENT}p is of McNemar's exact test: how likely equally good versions differ as much by chance.")
    if not is_worth_approving(found["at dusk"], found["by day"]):
        print(f"10/10 {explain_refusal(live, version, found['at dusk'], found['by day'])}")
        for line in list_ways_on(version):
            print(f"{_INDENT}{line}")
        return 1
    print(f"10/10 Version {version} is approved here, as a person would with `scones approve {version}`.", flush=True)
    registry.set_approval(
        target, version, "Approved", "approved by scones demo --drift: better at dusk, no worse by day"
    )
    versions.await_version(target, version)
    versions.print_versions(target, _NAMED)
    return 0


def is_worth_approving(at_dusk: Compared, by_day: Compared) -> bool:
    """Whether a version is better at dusk, and nothing shows that it is worse by day."""
    from console.drift.comparison import LEVEL

    return at_dusk.p_better < LEVEL and by_day.p_worse >= LEVEL


def explain_refusal(live: int, version: int, at_dusk: Compared, by_day: Compared) -> str:
    """Why a version is not approved, with its figures: not better at dusk, worse by day, or both."""
    from console.drift.comparison import LEVEL

    reasons = []
    if at_dusk.p_better >= LEVEL:
        reasons.append(f"is not shown to be better at dusk ({at_dusk.new:.1%} for {at_dusk.old:.1%})")
    if by_day.p_worse < LEVEL:
        reasons.append(f"is worse by day ({by_day.new:.1%} for {by_day.old:.1%})")
    return f"Version {version} {' and '.join(reasons)}, and is not approved: version {live} stays live."


def list_ways_on(version: int) -> list[str]:
    """What a person can do where the retraining has not made the model better."""
    return [
        "What next: `scones dusk` and `scones label` add labelled images, and a training that goes on from the live",
        "version reads them: `scones run --profile quick --from-version live --watch`.",
        f"`scones approve {version}` deploys this one all the same, `scones reject {version}` puts it aside.",
    ]


def _row(light: str, found: Compared, live: int, version: int) -> dict[str, Any]:
    return {
        "light": light,
        f"version_{live}": f"{found.old:.1%}",
        f"version_{version}": f"{found.new:.1%}",
        "fixed": found.fixed,
        "broken": found.broken,
        "the_new_one_is": found.verdict,
    }


def _get_version(target: Target, execution: str) -> int:
    """The version that an execution has registered."""
    from console.results import fetch_result

    version = fetch_result(target, execution).version
    if version is None:
        raise CommandError(f"{execution} has registered no version; `scones watch latest` shows its steps.")
    return version

"""`scones dusk`: send images taken in another light through the workflow, to see that drift is found and answered."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """Nothing to choose: the images are drawn, and the same each time."""


def run(options: Namespace) -> int:
    """Wait for the live version's baseline, send the images, and print what the workflow answered."""
    from console import drift
    from console.commands import bulk
    from console.monitoring import watch
    from console.transfer import Bar

    target = choose(options.target)
    watch.await_baseline(target)
    with Bar("Dusk falls") as bar:
        prefix = drift.upload_dusk(target, bar.update)
    print(f"{drift.PICTURES} images taken at dusk go through the workflow:", flush=True)
    bulk.print_summary(bulk.classify_prefix(target, target.project.bucket, prefix))
    print("The next hour's check for drift sees them; `scones monitor --now` looks at once.")
    return 0

"""All instances that serve one plan. An update starts a second fleet beside the first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import count

from localaws.serving.instance import Instance
from localaws.serving.plans import Plan, VariantPlan


@dataclass(eq=False)
class Variant:
    """The running instances of a variant. The tuple is replaced whole, so readers need no lock."""

    name: str
    weight: float
    instances: tuple[Instance, ...] = ()
    turns: count[int] = field(default_factory=count)

    def next_instance(self) -> Instance | None:
        """The instance whose turn it is; None while there is none."""
        instances = self.instances
        return instances[next(self.turns) % len(instances)] if instances else None


class Fleet:
    """Starts, resizes and stops the instances of a plan's variants, each of which `build` makes."""

    def __init__(self, plan: Plan, build: Callable[[VariantPlan], Instance]) -> None:
        self._build = build
        # Resizing, replacing and stopping come from three threads, and start or stop instances.
        self._lock = threading.Lock()
        self._stopped = False
        self.plan = plan
        self.variants = {variant.name: Variant(variant.name, variant.weight) for variant in plan.variants}

    def start(self, given_up: Callable[[], bool]) -> None:
        """Start every instance and wait for all; raises what an instance raises, with none left running."""
        with self._lock:
            self._fill(self.plan, given_up)

    def resize(self, plan: Plan, given_up: Callable[[], bool]) -> list[Instance]:
        """Take on the capacities and weights of `plan`; answers the instances that are to be stopped when idle."""
        with self._lock:
            leaving = self._fill(plan, given_up)
            self.plan = plan
        return leaving

    def replace_ended(self, given_up: Callable[[], bool]) -> None:
        """Start an instance for each whose server has ended; raises where that does not start."""
        with self._lock:
            if self._stopped:
                return
            ended = [instance for instance in self.instances if not instance.alive]
            for variant in self.variants.values():
                variant.instances = tuple(instance for instance in variant.instances if instance not in ended)
            stop_all(ended)
            self._fill(self.plan, given_up)

    @property
    def instances(self) -> list[Instance]:
        """All instances of all variants."""
        return [instance for variant in self.variants.values() for instance in variant.instances]

    def stop(self) -> None:
        """Stop all instances, for good."""
        with self._lock:
            self._stopped = True
            stop_all(self.instances)

    def _fill(self, plan: Plan, given_up: Callable[[], bool]) -> list[Instance]:
        more = [
            variant
            for variant in plan.variants
            for _ in range(variant.count - len(self.variants[variant.name].instances))
        ]
        started = self._start(more, given_up)
        leaving: list[Instance] = []
        for wanted in plan.variants:
            variant = self.variants[wanted.name]
            added = [instance for of, instance in zip(more, started, strict=True) if of is wanted]
            kept = (*variant.instances, *added)
            leaving += kept[wanted.count :]
            variant.instances, variant.weight = kept[: wanted.count], wanted.weight
        return leaving

    def _start(self, wanted: Sequence[VariantPlan], given_up: Callable[[], bool]) -> list[Instance]:
        made = [self._build(variant) for variant in wanted]
        failures: list[Exception] = []
        with ThreadPoolExecutor(max(1, len(made))) as pool:
            starts = [pool.submit(instance.start, lambda: bool(failures) or given_up()) for instance in made]
            for start in as_completed(starts):
                failure = start.exception()
                if isinstance(failure, Exception):
                    failures.append(failure)
        if failures:
            stop_all(made)
            raise failures[0]
        return made


def stop_all(instances: Sequence[Instance]) -> None:
    """Stop instances side by side, as each may take its grace to end."""
    if instances:
        with ThreadPoolExecutor(len(instances)) as pool:
            list(pool.map(lambda instance: instance.stop(), instances))

"""All instances that serve one plan. An update starts a second fleet beside the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import count

from localaws.aws import Aws
from localaws.hosting.instance import Instance
from localaws.hosting.plans import Plan, VariantPlan


@dataclass(eq=False)
class Variant:
    """The running instances of a variant. The tuple is replaced whole, so readers need no lock."""

    name: str
    weight: float
    instances: tuple[Instance, ...] = ()
    turns: count[int] = field(default_factory=count)

    def next_instance(self) -> Instance:
        """The instance whose turn it is."""
        instances = self.instances
        return instances[next(self.turns) % len(instances)]


class Fleet:
    """Starts, resizes and stops the instances of a plan's variants."""

    def __init__(self, aws: Aws, endpoint: str, plan: Plan) -> None:
        self._aws = aws
        self._endpoint = endpoint
        self.plan = plan
        self.variants = {variant.name: Variant(variant.name, variant.weight) for variant in plan.variants}

    def start(self, given_up: Callable[[], bool]) -> None:
        """Start every instance and wait for all; raises HostingFailure, with none left running."""
        wanted = [variant for variant in self.plan.variants for _ in range(variant.count)]
        started = self._start(wanted, given_up)
        for name, variant in self.variants.items():
            variant.instances = tuple(
                instance for plan, instance in zip(wanted, started, strict=True) if plan.name == name
            )

    def resize(self, plan: Plan, given_up: Callable[[], bool]) -> list[Instance]:
        """Take on the capacities and weights of `plan`; answers the instances that are to be stopped when idle."""
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
        self.plan = plan
        return leaving

    @property
    def instances(self) -> list[Instance]:
        """All instances of all variants."""
        return [instance for variant in self.variants.values() for instance in variant.instances]

    def stop(self) -> None:
        """Stop all instances."""
        stop_all(self.instances)

    def _start(self, wanted: Sequence[VariantPlan], given_up: Callable[[], bool]) -> list[Instance]:
        made = [Instance(self._aws, self._endpoint, variant) for variant in wanted]
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

"""What to try next: optuna behind AWS's strategies.

The study is built anew from the trials on disk at each question, and each question has a seed of its own, made of the
job's and the trial's number. So what is proposed depends on what the store holds, and a process that was killed in
between changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.pruners import BasePruner, HyperbandPruner, NopPruner
from optuna.samplers import BaseSampler, GridSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from localaws.shapes import Document
from localaws.tuning.definitions import Definition, Proposal, Value
from localaws.tuning.trials import Trial

optuna.logging.set_verbosity(optuna.logging.ERROR)

_CHOICE = "definition"
_FEWEST_RANDOM, _MOST_RANDOM = 3, 10
_REDUCTION = 3  # Hyperband's usual factor: of three configurations one goes on


@dataclass(frozen=True)
class Search:
    """A tuning job's search. `former` are trials of the jobs that a warm start learns from."""

    name: str
    strategy: str
    seed: int
    definitions: Sequence[Definition]
    most: int
    resources: tuple[int, int] = (1, 1)
    former: Sequence[Trial] = field(default=())

    def propose(self, trials: Sequence[Trial]) -> Proposal | None:
        """The next values after these trials, one a number; None where a grid has been walked whole."""
        number = len(trials)
        if self.strategy == "Grid":
            return self._next_of_grid(trials)
        study = self._study(self._sampler(number), trials)
        if number < len(self.definitions):
            # Each definition is tried once before the search prefers one.
            study.enqueue_trial({_CHOICE: self.definitions[number].name})
        asked = study.ask()
        names = [definition.name for definition in self.definitions]
        chosen = asked.suggest_categorical(_CHOICE, names) if len(names) > 1 else names[0]
        definition = next(item for item in self.definitions if item.name == chosen)
        return Proposal(definition, _suggested(asked, definition), {})

    def prune(self, trials: Sequence[Trial], trial: Trial) -> tuple[bool, Document]:
        """Whether Hyperband ends a running trial, and what it wants to have noted with it."""
        study = self._study(RandomSampler(seed=self.seed), trials)
        at = next(index for index, item in enumerate(trials) if item.number == trial.number)
        steps = dict(enumerate(trial.history, start=1))
        for step in sorted(steps):
            frozen = study.trials[at]
            frozen.intermediate_values = {epoch: value for epoch, value in steps.items() if epoch <= step}
            if study.pruner.prune(study, frozen):
                return True, study.trials[at].system_attrs
        return False, study.trials[at].system_attrs

    def _next_of_grid(self, trials: Sequence[Trial]) -> Proposal | None:
        for definition in self.definitions:
            mine = [trial for trial in trials if trial.definition == definition.name]
            if len(mine) < definition.combinations:
                return self._grid_point(definition, mine)
        return None

    def _grid_point(self, definition: Definition, mine: Sequence[Trial]) -> Proposal:
        axes = {_key(definition, item.name): list(item.texts) for item in definition.ranges}
        study = self._study(GridSampler(axes, seed=self.seed), mine)
        asked = study.ask()
        return Proposal(definition, _suggested(asked, definition), study.trials[-1].system_attrs)

    def _sampler(self, number: int) -> BaseSampler:
        seed = (self.seed * 1_000_003 + number) % 2**32
        if self.strategy != "Bayesian":
            return RandomSampler(seed=seed)
        random = max(_FEWEST_RANDOM, min(_MOST_RANDOM, self.most // 3))
        return TPESampler(seed=seed, n_startup_trials=random, constant_liar=True)

    def _pruner(self) -> BasePruner:
        if self.strategy != "Hyperband":
            return NopPruner()
        fewest, most = self.resources
        return HyperbandPruner(fewest, most, _REDUCTION)

    def _study(self, sampler: BaseSampler, trials: Iterable[Trial]) -> optuna.Study:
        pruner = self._pruner()
        # Each definition has its own objective and its own direction; more is better for all of them here.
        study = optuna.create_study(study_name=self.name, sampler=sampler, pruner=pruner, direction="maximize")
        study.add_trials([self._freeze(trial) for trial in trials])
        study.add_trials([frozen for frozen in map(self._freeze, self.former) if frozen.state == TrialState.COMPLETE])
        return study

    def _freeze(self, trial: Trial) -> FrozenTrial:
        place = self._place(trial)
        params, distributions = place or ({}, {})
        state = TrialState.RUNNING
        if trial.ended:
            state = TrialState.COMPLETE if trial.objective is not None and place else TrialState.FAIL
        return create_trial(
            state=state,
            value=trial.worth if state == TrialState.COMPLETE else None,
            params=params,
            distributions=distributions,
            intermediate_values=dict(enumerate(trial.steps, start=1)),
            system_attrs=trial.notes,
        )

    def _place(self, trial: Trial) -> tuple[dict[str, Value], dict[str, BaseDistribution]] | None:
        """Where in the search space a trial lies; None for a former job's that lies outside the ranges."""
        definition = next((item for item in self.definitions if item.name == trial.definition), self.definitions[0])
        given = {**definition.static, **trial.job.get("HyperParameters", {}), **trial.tuned}
        params: dict[str, Value] = {}
        distributions: dict[str, BaseDistribution] = {}
        if len(self.definitions) > 1:
            params[_CHOICE] = definition.name
            distributions[_CHOICE] = CategoricalDistribution([item.name for item in self.definitions])
        for item in definition.ranges:
            try:
                params[_key(definition, item.name)] = item.value(given[item.name])
            except (KeyError, ValueError):
                return None
            distributions[_key(definition, item.name)] = item.distribution
        return params, distributions


def _key(definition: Definition, name: str) -> str:
    return f"{definition.name}/{name}"


def _suggested(asked: optuna.Trial, definition: Definition) -> dict[str, str]:
    return {item.name: item.text(item.suggest(asked, _key(definition, item.name))) for item in definition.ranges}

"""The definitions of both pipelines, written down the same way every time."""

import json

from pipelines.code import CodeLocations
from pipelines.initial_model import InitialModel
from pipelines.profiles import Profile
from pipelines.sdk import Pipeline, describe, open_session
from pipelines.sdk.schemas import checked_once
from pipelines.settings import Settings
from pipelines.steps.accuracy_gate import accuracy_gate
from pipelines.steps.accuracy_too_low import accuracy_too_low
from pipelines.steps.check_for_drift import build_monitoring_parameters, check_for_drift
from pipelines.steps.context import Context
from pipelines.steps.evaluate_model import evaluate_model
from pipelines.steps.parameters import build_parameters
from pipelines.steps.prepare_data import prepare_data
from pipelines.steps.register_model import register_model
from pipelines.steps.train_model import train_model
from pipelines.steps.tune_model import tune_model


@checked_once()
def build_definition(
    settings: Settings, profile: Profile, code: CodeLocations, initial: InitialModel | None = None, tuned: bool = False
) -> str:
    """Return the definition as canonical JSON: the same input gives the same bytes, and no call is made."""
    return _write(assemble(settings, profile, code, initial, tuned))


def assemble(
    settings: Settings, profile: Profile, code: CodeLocations, initial: InitialModel | None = None, tuned: bool = False
) -> Pipeline:
    """Put the steps together; those behind the gate belong to the gate. A tuned run trains many times."""
    context = Context(
        settings=settings,
        profile=profile,
        parameters=build_parameters(settings, profile, initial, tuned),
        code=code,
        session=open_session(settings.region, settings.bucket),
    )
    prepared = prepare_data(context)
    candidate = (tune_model if tuned else train_model)(context, prepared)
    evaluated = evaluate_model(context, prepared, candidate)
    good = register_model(context, prepared, candidate, evaluated)
    bad = accuracy_too_low(evaluated)
    return Pipeline(
        name=settings.pipeline_name,
        parameters=context.parameters.listed(),
        steps=[prepared, candidate.step, evaluated, accuracy_gate(context, good, bad)],
        # An experiment is a second record of what the execution already records, and not in every region.
        pipeline_experiment_config=None,
        sagemaker_session=context.session,
    )


@checked_once()
def build_monitoring_definition(settings: Settings) -> str:
    """Return the definition as canonical JSON: the same input gives the same bytes, and no call is made."""
    session = open_session(settings.region, settings.bucket)
    parameters = build_monitoring_parameters(settings)
    pipeline = Pipeline(
        name=settings.monitoring_pipeline_name,
        parameters=parameters.listed(),
        steps=[check_for_drift(settings, parameters, session)],
        # An experiment is a second record of what the execution already records, and not in every region.
        pipeline_experiment_config=None,
        sagemaker_session=session,
    )
    return _write(pipeline)


def _write(pipeline: Pipeline) -> str:
    return json.dumps(describe(pipeline), sort_keys=True, indent=2) + "\n"

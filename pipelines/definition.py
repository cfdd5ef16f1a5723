"""The pipeline's definition: six steps, put together and written down the same way every time."""

import json

from sagemaker.workflow.pipeline import Pipeline

from pipelines.code import CodeLocations
from pipelines.former_model import FormerModel
from pipelines.parameters import declare_parameters
from pipelines.profiles import Profile
from pipelines.session import offline_session
from pipelines.settings import Settings
from pipelines.steps.accuracy_gate import accuracy_gate
from pipelines.steps.accuracy_too_low import accuracy_too_low
from pipelines.steps.context import Context
from pipelines.steps.evaluate_model import evaluate_model
from pipelines.steps.prepare_data import prepare_data
from pipelines.steps.register_model import register_model
from pipelines.steps.train_model import train_model


def build_definition(
    settings: Settings, profile: Profile, code: CodeLocations, former: FormerModel | None = None
) -> str:
    """Return the definition as canonical JSON: the same input gives the same bytes, and no call is made."""
    definition = json.loads(assemble(settings, profile, code, former).definition())
    return json.dumps(definition, sort_keys=True, indent=2) + "\n"


def assemble(settings: Settings, profile: Profile, code: CodeLocations, former: FormerModel | None = None) -> Pipeline:
    """Put the steps together; those behind the gate belong to the gate."""
    context = Context(
        settings=settings,
        profile=profile,
        parameters=declare_parameters(settings, profile, former),
        code=code,
        session=offline_session(settings),
    )
    prepared = prepare_data(context)
    trained = train_model(context, prepared)
    evaluated = evaluate_model(context, prepared, trained)
    good = register_model(context, prepared, trained, evaluated)
    bad = accuracy_too_low(evaluated)
    return Pipeline(
        name=settings.pipeline_name,
        parameters=context.parameters.listed(),
        steps=[prepared, trained, evaluated, accuracy_gate(context, good, bad)],
        # An experiment is a second record of what the execution already records, and not in every region.
        pipeline_experiment_config=None,
        sagemaker_session=context.session,
    )

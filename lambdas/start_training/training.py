"""From a call to an execution, or to a sentence why there is none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import is_missing
from common.container_images import has_image, list_images
from common.drift_answer import DriftAnswer, write_answer
from common.live_model import find_live_version, locate_artifact
from common.training_profile import describe_profile
from start_training import data, novelty
from start_training.batches import Batches
from start_training.call import Call, Kind
from start_training.decision import DAY, Action, Decision, decide
from start_training.errors import NothingToTrainOn
from start_training.executions import Execution, list_recent
from start_training.people import People
from start_training.settings import Settings
from start_training.start import start


@dataclass(frozen=True)
class Outcome:
    """What was done, why, and the execution that was started."""

    action: Action
    reason: str
    execution: str | None = None
    told: bool = False


@dataclass(frozen=True)
class Trainer:
    """Thinks about calls. `sagemaker`, `s3`, `sns` and `ecr` are boto3's clients."""

    settings: Settings
    sagemaker: Any
    s3: Any
    sns: Any
    ecr: Any

    def consider(self, call: Call, now: datetime) -> Outcome:
        """Start a training where the call is worth one; what fails for a passing reason is raised."""
        outcome = self._consider(call, now)
        if call.kind is Kind.DRIFT and outcome.action is not Action.KEEP:
            answer = DriftAnswer(now.isoformat(timespec="seconds"), outcome.reason, outcome.execution)
            write_answer(self.s3, self.settings.bucket, answer)
        return outcome

    def _consider(self, call: Call, now: datetime) -> Outcome:
        try:
            executions = self._executions(now)
        except ClientError as error:
            if not is_missing(error):
                raise
            reason = f"There is no pipeline {self.settings.pipeline_name} yet; push, or call `scones run`."
            return self._refuse(call, Decision(Action.REFUSE, reason), [])
        waiting = self._batches.settle(executions)
        decision = decide(call, executions, waiting, now, self.settings)
        if decision.action is Action.START:
            return self._start(call, decision, waiting, executions, now)
        if decision.action is Action.REFUSE:
            return self._refuse(call, decision, executions)
        return Outcome(decision.action, decision.reason)

    def _start(
        self, call: Call, decision: Decision, waiting: list[str], executions: Sequence[Execution], now: datetime
    ) -> Outcome:
        pipeline, sentence = self.settings.pipeline_name, decision.reason
        definition = self.sagemaker.describe_pipeline(PipelineName=pipeline)["PipelineDefinition"]
        missing = self._missing_image(definition)
        if missing:
            return self._refuse(call, Decision(Action.REFUSE, missing), executions)
        try:
            # After the batches were listed: their images are curated before their markers are written.
            chosen = data.choose(self.s3, self.settings.bucket)
        except NothingToTrainOn as nothing:
            return self._refuse(call, Decision(Action.REFUSE, str(nothing)), executions)
        live = find_live_version(self.sagemaker, self.settings.model_package_group)
        if call.kind is not Kind.PERSON:
            plan = novelty.Plan(pipeline, definition, chosen)
            twin = novelty.find_twin(self.sagemaker, self.settings.model_package_group, live, plan)
            if twin:
                return self._tell_of_twin(call, twin, waiting, executions)
        model = locate_artifact(self.s3, self.settings.bucket, live) if live else ""
        parameters = chosen | ({"LiveModelUri": model} if model else {})
        arn = start(self.sagemaker, pipeline, call, sentence, parameters, waiting, executions)
        if waiting:
            self._batches.settle(self._executions(now))
        if arn is None:
            return Outcome(Action.KEEP, "Another call has just started a training.")
        told = self._people.tell(
            arn,
            f"{pipeline}: a training was started",
            f"A training was started, for this reason: {sentence}.\n{call.details}\n\nExecution: {arn}\n"
            f"Data: {chosen['InputDataUri']} and {chosen['CuratedDataUri']}, version {chosen['DatasetVersion']}\n"
            f"{describe_profile(json.loads(definition), live)}\n"
            "The version that it registers waits for approval.",
        )
        return Outcome(Action.START, sentence, arn, told)

    def _tell_of_twin(
        self, call: Call, twin: novelty.Twin, waiting: list[str], executions: Sequence[Execution]
    ) -> Outcome:
        """Say what is missing for a training to learn something; batches that wait hold nothing new, and are done."""
        self._batches.close(waiting, twin.execution, twin.sentence)
        reason = f"{twin.sentence} {novelty.tell_next(self.s3, self.settings.bucket)}"
        return self._refuse(call, Decision(Action.REFUSE, reason), executions)

    def _missing_image(self, definition: str) -> str | None:
        """Say in a sentence that an image of the pipeline's definition is not there; None where all are.

        Images of other repositories, which this function may not read, are taken for there.
        """
        images = list_images(definition)
        ours = [image for image in images if image.place == self.settings.image_repository_uri]
        missing = next((image.uri for image in ours if not has_image(self.ecr, image)), None)
        if missing is None:
            return None
        return f"The container image {missing} of the pipeline is not in ECR; push the code to have it built again."

    def _refuse(self, call: Call, decision: Decision, executions: Sequence[Execution]) -> Outcome:
        """Tell once for a kind of call and the execution that is newest: a flapping alarm is not worth more."""
        newest = executions[0].arn if executions else self.settings.pipeline_name
        told = self._people.tell(
            f"{call.kind} {newest}",
            f"{self.settings.pipeline_name}: no training was started",
            f"A training was called for, for this reason: {call.sentence}.\nNone was started: {decision.reason}\n",
        )
        return Outcome(decision.action, decision.reason, None, told)

    def _executions(self, now: datetime) -> list[Execution]:
        reach = max(self.settings.cooldown, DAY)
        return list_recent(self.sagemaker, self.settings.pipeline_name, now, reach)

    @property
    def _batches(self) -> Batches:
        return Batches(self.s3, self.settings.bucket)

    @property
    def _people(self) -> People:
        return People(self.sns, self.s3, self.settings.topic_arn, self.settings.bucket)

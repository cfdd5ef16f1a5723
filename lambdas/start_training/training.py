"""From a call to an execution, or to a sentence why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import is_missing
from common.container_images import has_image, list_images
from common.live_model import find_live_model
from start_training import data
from start_training.batches import Batches
from start_training.call import Call
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
        missing = self._missing_image()
        if missing:
            return self._refuse(call, Decision(Action.REFUSE, missing), executions)
        try:
            # After the batches were listed: their images are curated before their markers are written.
            chosen = data.choose(self.s3, self.settings.bucket)
        except NothingToTrainOn as nothing:
            return self._refuse(call, Decision(Action.REFUSE, str(nothing)), executions)
        live = find_live_model(self.s3, self.sagemaker, self.settings.bucket, self.settings.model_package_group)
        parameters = chosen | ({"LiveModelUri": live} if live else {})
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
            "The version that it registers waits for approval.",
        )
        return Outcome(Action.START, sentence, arn, told)

    def _missing_image(self) -> str | None:
        """Say in a sentence that an image of the pipeline's definition is not there; None where all are.

        Images of other repositories, which this function may not read, are taken for there.
        """
        described = self.sagemaker.describe_pipeline(PipelineName=self.settings.pipeline_name)
        images = list_images(described["PipelineDefinition"])
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

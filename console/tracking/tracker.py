"""Writes records to an MLflow server; writing one again changes nothing, so a crash between two calls costs nothing.

A run is found again by the tag `scones.arn`. What it has is asked before anything is added: MLflow keeps every value
that a metric is given, and refuses another value of a parameter.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunTag
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from common.s3 import parse_s3_address
from console.page.source import Source
from console.tracking.record import LONGEST_VALUE, File, Point, Record, Version

ARN, WRITTEN, ARTIFACTS = "scones.arn", "scones.written", "scones.artifacts"
VERSION, APPROVAL = "sagemaker.version", "sagemaker.approval"
LIVE = "approved"
"""The alias of the newest approved version."""
_PARENT = "mlflow.parentRunId"
# https://mlflow.org/docs/latest/api_reference/rest-api.html#log-batch
_MOST_POINTS, _MOST_PARAMETERS = 1_000, 100


class Tracker:
    """The tracking server and the registry that MLflow's variables name."""

    def __init__(self, source: Source) -> None:
        # MLflow prints the address of each run that ends.
        os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
        self._source = source
        self._client = MlflowClient()
        self._experiments: dict[str, str] = {}

    def write(self, record: Record, parent: str = "") -> str:
        """Bring the run of a record up to date; answers the run's id."""
        run = self._find(record) or self._create(record, parent)
        run_id: str = run.info.run_id
        if run.data.tags.get(WRITTEN) == record.state:
            return run_id
        self._add_parameters(run, record.parameters)
        self._add_points(run, record.points)
        for trial in record.trials:
            self.write(trial, run_id)
        if record.version:
            self._register(record.version, run_id)
        tags = {name: value[:LONGEST_VALUE] for name, value in record.tags.items() if value}
        if record.end is None:
            self._client.log_batch(run_id, tags=[RunTag(*tag) for tag in tags.items()])
            if run.info.status != record.status:
                self._client.update_run(run_id, status=record.status)
            return run_id
        # What could not be uploaded is said in a tag: the numbers are worth more than the files.
        tags[ARTIFACTS] = self._add_files(run_id, record.files)
        self._client.log_batch(run_id, tags=[RunTag(*tag) for tag in tags.items()])
        self._client.set_terminated(run_id, record.status, _milliseconds(record.end))
        self._client.set_tag(run_id, WRITTEN, record.state)
        return run_id

    def list_written(self, experiment: str) -> dict[str, str]:
        """The state in which each run of an experiment was written whole, by the ARN of its record."""
        found = self._search(experiment, f"tags.`{WRITTEN}` != ''")
        return {run.data.tags[ARN]: run.data.tags[WRITTEN] for run in found if ARN in run.data.tags}

    def write_approvals(self, group: str, approvals: Mapping[int, str]) -> None:
        """Tag each registered version with SageMaker's approval; the newest approved one has an alias."""
        known = {int(item.tags[VERSION]): item for item in self._list_versions(group) if VERSION in item.tags}
        for number, item in known.items():
            if number in approvals and item.tags.get(APPROVAL) != approvals[number]:
                self._client.set_model_version_tag(group, item.version, APPROVAL, approvals[number])
        approved = [number for number in known if approvals.get(number) == "Approved"]
        if approved:
            self._client.set_registered_model_alias(group, LIVE, known[max(approved)].version)

    def _experiment(self, name: str) -> str:
        if name not in self._experiments:
            found = self._client.get_experiment_by_name(name)
            self._experiments[name] = found.experiment_id if found else self._client.create_experiment(name)
        return self._experiments[name]

    def _search(self, experiment: str, condition: str) -> Iterator[Run]:
        token = None
        while True:
            page = self._client.search_runs([self._experiment(experiment)], condition, page_token=token)
            yield from page
            token = page.token
            if not token:
                return

    def _find(self, record: Record) -> Run | None:
        return next(self._search(record.experiment, f"tags.`{ARN}` = '{record.key}'"), None)

    def _create(self, record: Record, parent: str) -> Run:
        tags = {ARN: record.key, **({_PARENT: parent} if parent else {})}
        experiment = self._experiment(record.experiment)
        return self._client.create_run(experiment, _milliseconds(record.start), tags, run_name=record.name)

    def _add_parameters(self, run: Run, parameters: Mapping[str, str]) -> None:
        new = [Param(name, value[:LONGEST_VALUE]) for name, value in parameters.items() if name not in run.data.params]
        for start in range(0, len(new), _MOST_PARAMETERS):
            self._client.log_batch(run.info.run_id, params=new[start : start + _MOST_PARAMETERS])

    def _add_points(self, run: Run, points: Iterable[Point]) -> None:
        logged = {name: self._last_step(run, name) for name in {point.metric for point in points}}
        new = [
            Metric(point.metric, point.value, _milliseconds(point.at), point.step)
            for point in points
            if point.step > logged[point.metric]
        ]
        for start in range(0, len(new), _MOST_POINTS):
            self._client.log_batch(run.info.run_id, metrics=new[start : start + _MOST_POINTS])

    def _last_step(self, run: Run, metric: str) -> int:
        if metric not in run.data.metrics:
            return -1
        return max(point.step for point in self._client.get_metric_history(run.info.run_id, metric))

    def _add_files(self, run_id: str, files: Iterable[File]) -> str:
        """Upload files; answers "uploaded", or why not."""
        with tempfile.TemporaryDirectory(prefix="scones-mlflow-") as folder:
            for file in files:
                local, place = Path(folder, file.path), parse_s3_address(file.address)
                if place is None:
                    continue
                local.parent.mkdir(parents=True, exist_ok=True)
                self._source.client("s3").download_file(place.bucket, place.key, str(local))
                inside = str(PurePosixPath(file.path).parent)
                try:
                    self._client.log_artifact(run_id, str(local), inside)
                except (MlflowException, OSError) as error:
                    return f"{file.path} could not be uploaded: {error}"[:LONGEST_VALUE]
                local.unlink()
        return "uploaded"

    def _register(self, version: Version, run_id: str) -> None:
        if self._find_versions(version, run_id):
            return
        try:
            self._client.create_registered_model(version.group)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        tags = {VERSION: str(version.number), APPROVAL: version.approval}
        self._client.create_model_version(version.group, version.artifact, run_id, tags, await_creation_for=0)

    def _find_versions(self, version: Version, run_id: str) -> bool:
        return any(
            item.run_id == run_id and item.tags.get(VERSION) == str(version.number)
            for item in self._list_versions(version.group)
        )

    def _list_versions(self, group: str) -> Iterator[ModelVersion]:
        token = None
        while True:
            page = self._client.search_model_versions(f"name = '{group}'", page_token=token)
            yield from page
            token = page.token
            if not token:
                return


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000)

"""What processing, training and transform jobs have in common, and how their APIs name it."""

from __future__ import annotations

from dataclasses import dataclass

from localaws.aws import Aws, now
from localaws.records import tracking
from localaws.records.kinds import Kind
from localaws.shapes import Document, project


@dataclass(frozen=True)
class JobKind(Kind):
    """One kind of job, such as Processing: its members' names begin with ProcessingJob."""

    log_group: str

    @property
    def prefix(self) -> str:
        return f"{self.stem}Job"

    @property
    def status(self) -> str:
        """The member that holds the job's status."""
        return f"{self.prefix}Status"

    @property
    def describe(self) -> str:
        """The operation that describes it."""
        return f"Describe{self.prefix}"

    @property
    def event(self) -> str:
        """The detail type of its EventBridge event."""
        return f"SageMaker {self.stem} Job State Change"


PROCESSING = JobKind("processing-job", "Processing", "ProcessingJobs")
TRAINING = JobKind("training-job", "Training", "TrainingJobs")
TRANSFORM = JobKind("transform-job", "Transform", "TransformJobs")
KINDS = (PROCESSING, TRAINING, TRANSFORM)
ENDED = ("Completed", "Failed", "Stopped")


def find_job(aws: Aws, kind: JobKind, name: str) -> Document | None:
    """The job's document. Names differ by more than case, as on AWS, whose ARNs are in lower case."""
    return aws.store.get(kind.noun, name.lower())


def change_job(aws: Aws, kind: JobKind, name: str, **changes: object) -> Document:
    """Commit a job's change together with its event."""
    with aws.store.transaction():
        document = aws.store.update(kind.noun, name.lower(), LastModifiedTime=now(), **changes)
        announce_job(aws, kind, document)
    return document


def fail_job(aws: Aws, kind: JobKind, name: str, reason: str) -> None:
    """End a job as Failed for a reason that lies outside its program."""
    secondary = {"SecondaryStatus": "Failed"} if kind is TRAINING else {}
    ended: dict[str, object] = {kind.status: "Failed", f"{kind.stem}EndTime": now()}
    change_job(aws, kind, name, FailureReason=reason[:1024], **ended, **secondary)


def announce_job(aws: Aws, kind: JobKind, document: Document) -> None:
    """Track the job and send its state-change event; call it inside the change's transaction."""
    tracking.track_job(aws, kind.stem, kind.noun, document)
    aws.events.send(kind.event, project(kind.describe, document), [document[kind.arn]])

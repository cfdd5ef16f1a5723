"""A message to people, once for each occasion."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from common.aws_errors import find_resource

TOLD = "batches/told/"
LONGEST_SUBJECT = 100


@dataclass(frozen=True)
class People:
    """Who listens to the topic. `sns` and `s3` are boto3's clients."""

    sns: Any
    s3: Any
    topic_arn: str
    bucket: str

    def tell(self, occasion: str, subject: str, text: str) -> bool:
        """Send a message unless one was sent for this occasion; a marker says so, for topics know no repeats."""
        marker = f"{TOLD}{hashlib.sha256(occasion.encode()).hexdigest()[:32]}.json"
        if find_resource(self.s3.head_object, Bucket=self.bucket, Key=marker) is not None:
            return False
        self.sns.publish(TopicArn=self.topic_arn, Subject=subject[:LONGEST_SUBJECT], Message=text)
        body = json.dumps({"occasion": occasion, "text": text}).encode()
        self.s3.put_object(Bucket=self.bucket, Key=marker, Body=body, ContentType="application/json")
        return True

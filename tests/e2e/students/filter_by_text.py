"""A student's third function: it raises a text, which Python refuses, so that the error is a TypeError."""

import json

THRESHOLD = 0.93


def lambda_handler(event, context):
    body = json.loads(event["body"])
    inferences = json.loads(body["inferences"])
    meets_threshold = any(confidence >= THRESHOLD for confidence in inferences)
    if meets_threshold:
        pass
    else:
        raise ("THRESHOLD_CONFIDENCE_NOT_MET")
    return {"statusCode": 200, "body": json.dumps(event)}

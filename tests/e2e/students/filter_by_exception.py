"""Another student's third function: it raises an exception of its own below the threshold."""

THRESHOLD = 0.93


class ThresholdConfidenceNotMet(Exception):
    pass


def lambda_handler(event, context):
    inferences = event["body"]["inferences"]
    if max(inferences) < THRESHOLD:
        raise ThresholdConfidenceNotMet("THRESHOLD_CONFIDENCE_NOT_MET")
    return {"statusCode": 200, "body": event["body"]}

"""A student's second function: it asks the endpoint by the SageMaker SDK, and answers the event as text."""

import base64
import json

import sagemaker
from sagemaker.predictor import Predictor
from sagemaker.serializers import IdentitySerializer

ENDPOINT = "scones-vehicles"


def lambda_handler(event, context):
    image = base64.b64decode(event["body"]["image_data"])
    predictor = Predictor(ENDPOINT, sagemaker_session=sagemaker.Session())
    predictor.serializer = IdentitySerializer("image/png")
    inferences = predictor.predict(image)
    event["inferences"] = inferences.decode("utf-8")
    return {"statusCode": 200, "body": json.dumps(event)}

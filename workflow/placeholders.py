"""What the template and refresh_workflow fill in when a state machine is made, as `${Name}` in the ASL."""

SERIALIZE_FUNCTION = "${SerializeFunctionArn}"
CLASSIFY_FUNCTION = "${ClassifyFunctionArn}"
FILTER_FUNCTION = "${FilterFunctionArn}"
ENDPOINT_NAME = "${EndpointName}"
MODEL_VERSION = "${ModelVersion}"
IMAGE_SIZE = "${ImageSize}"
CONFIDENCE_THRESHOLD = "${ConfidenceThreshold}"
BUCKET = "${Bucket}"
PARTITION = "${Partition}"  # aws, aws-cn or aws-us-gov: every ARN begins with it

"""docs/aws.md followed in an AWS account: `make aws-trial`. It removes everything afterwards."""

"""The project's CloudFormation stack: deployed, followed and removed, on AWS and on a laptop alike."""

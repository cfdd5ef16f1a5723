"""docs/aws.md followed on AWS itself by who has an account: `make aws-trial`. It takes all down again."""

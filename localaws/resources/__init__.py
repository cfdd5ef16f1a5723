"""CloudFormation's resource types that MiniStack lacks, so that the local AWS deploys the template that AWS deploys."""

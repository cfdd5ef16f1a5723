"""The container image: its name from its content, its building, its scan and its way into ECR."""

"""Stand-ins for SageMaker's built-in algorithms. Never used on AWS."""

"""What the SageMaker SDKs write for each of their classes, found by introspection."""

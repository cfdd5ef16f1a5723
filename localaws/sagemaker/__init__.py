"""The SageMaker API: operations on what the store holds."""

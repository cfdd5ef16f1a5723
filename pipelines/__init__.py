"""The SageMaker Pipeline: parameters, training profiles, one module a step, the definition, upsert and start."""

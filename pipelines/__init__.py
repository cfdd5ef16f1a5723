"""The SageMaker Pipeline: parameters, profiles, one module a step, the definition, upsert and start."""

"""The model card: what a model is for, what it was made of, how good it is, and where it is not.

Its form is the schema of a model package's card, which CreateModelPackage holds it to:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema
"""

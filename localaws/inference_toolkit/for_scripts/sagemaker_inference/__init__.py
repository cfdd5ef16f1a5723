"""What scripts for AWS's PyTorch and HuggingFace images import of the toolkit in them, where it is not installed.

https://github.com/aws/sagemaker-inference-toolkit, whose own server needs Java.
"""

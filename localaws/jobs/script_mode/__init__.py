"""Script mode: how framework images run the training script that the SDK uploaded as sourcedir.tar.gz.

AWS's own sagemaker-training toolkit does it here as in their images: `toolkit` brings it, `launcher` is what the job
runs, `program` says where that applies.
"""

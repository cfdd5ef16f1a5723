"""Jobs: containers as subprocesses, each with its own /opt/ml, fed from S3 and emptied into it."""

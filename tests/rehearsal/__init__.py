"""docs/aws.md, run as it is written: `python -m tests.rehearsal` on a local AWS, `python -m tests.trial` on AWS."""

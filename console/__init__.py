"""The scones command: one front end for the local AWS and for AWS, through AWS APIs only."""

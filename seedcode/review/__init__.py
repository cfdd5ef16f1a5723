"""What a pull request changes in the pipeline, said where it is reviewed."""

"""What is changed in MiniStack so that it does as AWS does, one module each."""

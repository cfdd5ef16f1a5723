"""What is looked at before anything is created; every finding is one sentence, and all are told at once."""

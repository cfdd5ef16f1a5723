"""What is checked before anything is created; every finding is one sentence, and all are reported at once."""

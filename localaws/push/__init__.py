"""CodeCommit on a laptop: bare repositories, pull requests, and the events that tell of what is pushed."""

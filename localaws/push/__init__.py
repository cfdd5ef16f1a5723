"""CodeCommit on a laptop: bare repositories, pull requests, and the events of what is pushed."""

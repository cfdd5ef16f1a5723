"""CodeCommit and CodeBuild on a laptop: bare repositories, and a hook that runs the buildspec of what is pushed."""

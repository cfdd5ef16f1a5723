"""AWS on a laptop: MiniStack plus a SageMaker that really runs pipelines, jobs and the registry."""

"""CodeBuild on a laptop: projects, and builds that run a buildspec for real, each under its project's role."""

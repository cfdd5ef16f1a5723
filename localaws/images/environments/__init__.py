"""Python environments of images: layers of packages, made once and shared, and a job's own overlay on them."""

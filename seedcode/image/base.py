"""Where the image's base comes from: a registry that lets CodeBuild pull, and a digest, so that it is always the same.

Docker Hub limits pulls without an account by address, and CodeBuild's addresses are shared:
https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html#troubleshooting-dockerhub-rate-limit
"""

import re
from pathlib import Path

from seedcode.image.content import CHECKOUT, DOCKERFILE
from seedcode.image.errors import ImageError

_FROM = re.compile(r"^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$", re.IGNORECASE | re.MULTILINE)
_REGISTRIES = r"(?:public\.ecr\.aws|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)"
_ALLOWED = re.compile(rf"{_REGISTRIES}/[^@\s]+@sha256:[0-9a-f]{{64}}|scratch")


def check_base(root: Path = CHECKOUT) -> None:
    """Raise ImageError for a base image of another registry than ECR's, or one without a digest."""
    found = _FROM.findall((root / DOCKERFILE).read_text(encoding="utf-8"))
    stages = {stage for _, stage in found if stage}
    for base, _ in found:
        if base not in stages and not _ALLOWED.fullmatch(base):
            raise ImageError(
                f"{DOCKERFILE} begins from {base}; take it from public.ecr.aws or a registry of yours in ECR, by its "
                "digest (@sha256:...): others limit the pulls of CodeBuild, and a tag may be another image tomorrow."
            )

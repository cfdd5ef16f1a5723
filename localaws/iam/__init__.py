"""IAM, enforced: who calls, what the caller's role allows, and a log of what roles were used for."""

"""The page: what `scones console` serves on 127.0.0.1, from AWS's APIs alone."""

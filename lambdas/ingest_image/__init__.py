"""Lambda: takes new labelled pictures from incoming/ to curated/, or to quarantine/ with the reason."""

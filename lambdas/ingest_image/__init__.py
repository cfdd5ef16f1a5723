"""Lambda: takes new labelled images from incoming/ to curated/, or to quarantine/ with the reason."""

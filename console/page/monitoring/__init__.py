"""Monitoring: the check for drift, images that wait for review, and retrainings."""

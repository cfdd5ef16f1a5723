"""Endpoints that really serve: fleets of model servers, the traffic to them, their updates, captures and metrics."""

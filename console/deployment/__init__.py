"""Deployment from a terminal: what is deployed, change sets as tables, live progress, and questions."""

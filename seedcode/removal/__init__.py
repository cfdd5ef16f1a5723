"""Removes a project: what runs is stopped, what costs money goes, what holds data stays unless it is given up."""

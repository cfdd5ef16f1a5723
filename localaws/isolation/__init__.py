"""Isolation: each job, server and function in namespaces of its own, with a file system that holds what it may see."""

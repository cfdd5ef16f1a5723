"""Benchmarks: `make bench` measures the project beside its peers and writes docs/benchmarks.md."""

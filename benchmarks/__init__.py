"""Figures that can be measured again: `make bench` measures them beside their peers and writes docs/benchmarks.md."""

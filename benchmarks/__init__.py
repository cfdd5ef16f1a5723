"""Figures that can be measured again: `make bench` runs them all and prints medians and ratios."""

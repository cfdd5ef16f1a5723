"""Weights to start from: a net that has learned the other 98 classes of CIFAR-100."""

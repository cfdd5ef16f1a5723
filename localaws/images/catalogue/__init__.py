"""Packages of AWS's own framework images: which image has which, and which version stands for one without a wheel."""

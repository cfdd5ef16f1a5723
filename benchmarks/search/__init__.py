"""The profile search: which hyperparameters are best on real images, chosen without the test set."""

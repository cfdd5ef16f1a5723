"""The profile search: which hyperparameters are best on real images, chosen without a look at the test set."""

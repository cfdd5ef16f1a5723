"""The profile search: which hyperparameters are best on real pictures, chosen without a look at the test set."""

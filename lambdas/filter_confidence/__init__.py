"""Lambda: keeps answers that the model is sure of, and puts the other images under review/ for a person."""

"""Lambda: keeps answers that the model is sure of, and puts the other pictures under review/ for a person."""

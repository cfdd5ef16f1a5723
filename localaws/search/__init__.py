"""What the operation Search asks of a resource: properties by their paths, and expressions over them."""

"""What the API's resources are in the store: below the API, for all that works on them."""

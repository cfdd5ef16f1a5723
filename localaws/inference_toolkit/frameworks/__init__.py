"""What each framework's image does where the user's module has no function for it."""

"""What each type of step does, one module a type."""

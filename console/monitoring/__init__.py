"""The hourly check for drift, its runs and their reports, whichever of the two backends the stack has chosen."""

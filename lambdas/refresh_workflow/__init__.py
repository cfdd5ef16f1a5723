"""refresh_workflow: fit scaling and the state machines to the endpoint that serves, and clear away what is old."""

"""One execution: its steps as a graph, and what is known of the chosen step."""

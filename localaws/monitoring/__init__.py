"""Model Monitor: schedules that come due, and executions that run their containers over captured requests."""

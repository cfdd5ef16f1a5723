"""EventBridge Scheduler: schedules in the store, due by the clock, whose targets are called under their own roles."""

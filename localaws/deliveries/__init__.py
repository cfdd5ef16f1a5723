"""Calls that EventBridge makes for rules and schedules: kept, made under the target's role, tried again, given up."""

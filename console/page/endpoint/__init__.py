"""The endpoint: what is deployed, its traffic, its alarms and its history."""

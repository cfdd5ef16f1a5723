"""Resource Groups Tagging: the tags of all services' resources in one place."""

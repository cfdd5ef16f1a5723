"""The check for drift: its two backends, what asks them, and images that cause drift."""

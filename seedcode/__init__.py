"""What a new project repository starts from: the template, and the packaging of what the template names."""

"""What is told, as JSON objects in the venue's shapes."""

"""The plain twin of what lets a request out at once."""

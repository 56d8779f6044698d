"""The compiled twin of what lets a request out at once."""

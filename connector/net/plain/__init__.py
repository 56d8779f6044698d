"""The plain twin of the listener."""

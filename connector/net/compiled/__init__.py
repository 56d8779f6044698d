"""The compiled twin of the listener."""

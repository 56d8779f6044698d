"""REST: the venue's routes and their handlers."""

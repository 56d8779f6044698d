"""API keys of a user: sealed in a file of each domain, opened by a password."""

"""What a bot did, reckoned and drawn afterwards: the report."""

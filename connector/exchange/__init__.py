"""Floor 3: the assembled connector."""

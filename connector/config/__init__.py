"""Floor 2: settings and their loader."""

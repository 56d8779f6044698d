"""Floor 2: the life of an order, and the one place where it changes."""

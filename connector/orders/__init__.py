"""Floor 2: the life of an order, and the one door through which it changes."""

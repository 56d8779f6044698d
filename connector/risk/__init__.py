"""Floor 2: limits on positions, orders and losses, whatever a strategy wants."""

"""Books, mark prices and trades: where they come from, and whether they can be trusted."""

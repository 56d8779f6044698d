"""Floor 2: market frames straight into order books, trades and funding rates."""

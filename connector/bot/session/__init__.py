"""A run: the exchange it is on, its sessions, and the way from the strategy to the connector."""
